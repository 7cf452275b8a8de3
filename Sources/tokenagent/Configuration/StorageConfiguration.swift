/// Where tokens are kept, and the key of those that can be shown again.
struct StorageConfiguration: Hashable, Sendable {
    var path = "/var/lib/tokenagent/tokenagent.sqlite"
    /// nil: `$CREDENTIALS_DIRECTORY/seal.key`, else a file made beside the database.
    var sealKeyFile: String?
}

extension StorageConfiguration {
    init(reading section: YAMLSection) {
        path = section.value("path", .absolutePath, default: path)
        sealKeyFile = section.optional("seal_key_file", .absolutePath)
        if let sealKeyFile, sealKeyFile == path {
            section.refuse("seal_key_file", "expected a file other than the database")
        }
    }
}
