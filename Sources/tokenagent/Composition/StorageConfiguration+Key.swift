extension StorageConfiguration {
    /// Where the sealing key is: as configured, else systemd's credential, else beside the database.
    func keyPath(_ environment: [String: String]) -> String {
        if let sealKeyFile { return sealKeyFile }
        if let credentials = environment["CREDENTIALS_DIRECTORY"] { return "\(credentials)/seal.key" }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return "\(folder)/seal.key"
    }
}
