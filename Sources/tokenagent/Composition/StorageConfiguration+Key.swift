import Glibc
import TokenStorage

extension StorageConfiguration {
    /// Where the sealing key is: as configured, else systemd's credential, else beside the database.
    func sealingKey(_ environment: [String: String]) -> (path: String, place: SealingKeyFile.Place) {
        let credentials = environment["CREDENTIALS_DIRECTORY"]
        if let sealKeyFile {
            return (sealKeyFile, FileFacts.folder(of: sealKeyFile) == credentials ? .credentials : .own)
        }
        if let credentials {
            let credential = "\(credentials)/seal.key"
            // The folder may be there for other credentials, and nothing can be made in it.
            if access(credential, F_OK) == 0 { return (credential, .credentials) }
        }
        return ("\(FileFacts.folder(of: path))/seal.key", .own)
    }
}
