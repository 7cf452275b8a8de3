import Glibc

extension StorageConfiguration {
    /// Where the sealing key is: as configured, else systemd's credential, else beside the database.
    func keyPath(_ environment: [String: String]) -> String {
        if let sealKeyFile { return sealKeyFile }
        if let credentials = environment["CREDENTIALS_DIRECTORY"] {
            let credential = "\(credentials)/seal.key"
            // The folder may be there for other credentials, and nothing can be made in it.
            if access(credential, F_OK) == 0 { return credential }
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return "\(folder)/seal.key"
    }
}
