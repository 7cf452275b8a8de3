import Foundation

/// Secrets that are looked for where none may be: whole, in parts, and in other spellings.
struct Canaries {
    struct Form: Sendable {
        let name: String
        let bytes: Data
    }

    private(set) var forms: [Form] = []

    mutating func add(_ made: MadeToken, as name: String) {
        add(made.token, as: "\(name), the token")
        add(made.passCode, as: "\(name), the pass code")
        addParts(of: made.passCode, as: name)
        add("\(made.id):\(made.passCode)", as: "\(name), as user and password")
    }

    /// Parts only of one whose halves are no words.
    mutating func add(password: String, as name: String, parts: Bool = true) {
        add(password, as: name)
        if parts { addParts(of: password, as: name) }
    }

    private mutating func addParts(of secret: String, as name: String) {
        let half = secret.utf8.count / 2
        put(Data(secret.utf8.prefix(half)), "\(name), its first half")
        put(Data(secret.utf8.suffix(half)), "\(name), its second half")
    }

    private mutating func add(_ secret: String, as name: String) {
        let bytes = Data(secret.utf8)
        put(bytes, name)
        put(Data(bytes.map { String(format: "%02x", $0) }.joined().utf8), "\(name) in hexadecimal")
        put(Data(bytes.map { String(format: "%02X", $0) }.joined().utf8), "\(name) in capital hexadecimal")
        // Without the last group, which depends on what follows, and without the padding.
        put(Data(bytes.base64EncodedString().utf8.dropLast(4)), "\(name) in Base64")
    }

    private mutating func put(_ bytes: Data, _ name: String) { forms.append(Form(name: name, bytes: bytes)) }

    /// What is found, by name.
    func found(in data: Data) -> [String] { forms.filter { data.range(of: $0.bytes) != nil }.map(\.name) }

    func found(in text: String) -> [String] { found(in: Data(text.utf8)) }

    /// In every file of a folder, by the file's name.
    func found(inFilesOf folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try names.flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
            if isFolder.boolValue { return try found(inFilesOf: path) }
            do {
                let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
                guard type == .typeRegular else { return [] }
                return found(in: try Data(contentsOf: URL(filePath: path))).map { "\(name): \($0)" }
            } catch {
                // Its name was one for a moment, and a daemon gave it another.
                guard FileManager.default.fileExists(atPath: path) else { return [] }
                throw error
            }
        }
    }

    /// In what everybody, or its own user, may see of a process.
    func found(inProcess pid: Int32) throws -> [String] {
        try ["cmdline", "environ", "comm", "status"].flatMap { name in
            try found(in: Data(contentsOf: URL(filePath: "/proc/\(pid)/\(name)"))).map { "\(name): \($0)" }
        }
    }
}
