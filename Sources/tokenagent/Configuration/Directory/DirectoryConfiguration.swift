/// One directory that people are read from.
struct DirectoryConfiguration: Hashable, Sendable {
    /// How the daemon itself logs in.
    enum Bind: Hashable, Sendable {
        case anonymous
        case simple(dn: String, passwordFile: String)
        /// The ldapi peer, or a client certificate.
        case external(certFile: String?, keyFile: String?)
    }

    /// When a person who is there counts as disabled.
    enum DisabledRule: Hashable, Sendable {
        /// The built-in rules.
        case auto
        case attribute(name: String, value: String)
    }

    /// Also the realm shown to IQ clients, and the `source` of its people.
    var name: String
    /// Tried in order. Servers, or exactly one file.
    var urls: [DirectoryURL]
    var startTLS = false
    /// nil: the system's.
    var caFile: String?
    var allowCleartext = false
    var bind = Bind.anonymous
    /// nil only for a file: all of it.
    var base: String?
    var filter = "(objectClass=inetOrgPerson)"
    /// `auto`, or the attribute with the stable id.
    var id = "auto"
    var login = "uid"
    var email = "mail"
    var displayName = "cn"
    var disabled = DisabledRule.auto
    /// A login that must be in every complete reading.
    var canary: String?
    /// false: only owners of tokens are looked up.
    var enumerate = true
    var sync = DirectorySyncConfiguration()
    var `guard` = DirectoryGuardConfiguration()

    var isFile: Bool { urls.contains { $0.scheme == .file } }
}

extension DirectoryConfiguration {
    init(reading section: YAMLSection) {
        name = section.required("name", .directoryName) ?? ""
        urls = section.oneOrMore("url", of: .directoryURL)
        startTLS = section.value("start_tls", .bool, default: startTLS)
        caFile = section.file("ca_file")
        allowCleartext = section.value("allow_cleartext", .bool, default: allowCleartext)
        bind = Bind(reading: section)
        base = section.optional("base", .distinguishedName)
        filter = section.value("filter", .filter, default: filter)
        id = section.value("id", .attributeName, default: id)
        login = section.value("login", .attributeName, default: login)
        email = section.value("email", .attributeName, default: email)
        displayName = section.value("display_name", .attributeName, default: displayName)
        disabled = DisabledRule(reading: section)
        canary = section.optional("canary", .text)
        enumerate = section.value("enumerate", .bool, default: enumerate)
        sync = section.section("sync", default: sync, DirectorySyncConfiguration.init(reading:))
        `guard` = section.section("guard", default: `guard`, DirectoryGuardConfiguration.init(reading:))
        check(section)
    }
}

extension DirectoryConfiguration.DisabledRule {
    fileprivate init(reading directory: YAMLSection) {
        guard directory.isMapping("disabled") else {
            self = directory.value("disabled", .automatic, default: .auto)
            return
        }
        self = directory.section("disabled", default: .auto) { section in
            let name = section.required("attribute", .attributeName)
            let value = section.required("value", .text)
            return .attribute(name: name ?? "", value: value ?? "")
        }
    }
}

extension YAMLValue where Value == DirectoryConfiguration.DisabledRule {
    fileprivate static var automatic: Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            guard node.word == "auto" else {
                throw YAMLRefusal("expected auto, or a mapping with attribute and value")
            }
            return .auto
        }
    }
}

extension YAMLValue where Value == String {
    /// A name is also a realm, a metric's label and the first half of `source:login`.
    static var directoryName: Self {
        text.map { (name) throws(YAMLRefusal) in
            guard name.utf8.count <= 64, name.utf8.allSatisfy(isNameByte) else {
                throw YAMLRefusal("expected up to 64 of the characters A-Z, a-z, 0-9, \".\", \"_\" and \"-\"")
            }
            guard name.lowercased() != "service" else {
                throw YAMLRefusal(
                    "expected another name: \"service\" is the source of tokens that belong to no person")
            }
            return name
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
