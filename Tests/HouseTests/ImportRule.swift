/// Which target may import what: the rooms of the house, arrows pointing inward.
enum ImportRule {
    /// What any target may import.
    private static let everywhere: Set = ["Foundation", "Glibc", "Synchronization", "Dispatch"]

    private static let allowed: [String: Set<String>] = [
        "TokenCore": ["Crypto"],
        "TokenStorage": ["TokenCore", "CLinux", "CSQLite", "GRDB", "GRDBSQLite", "Crypto"],
        "LDAPDirectory": ["TokenCore", "CLDAP", "Logging"],
        "AgentCore": ["TokenCore", "TokenStorage", "CLinux", "ServiceLifecycle", "Logging", "Metrics"],
        "AgentProtocol": ["NIOCore"],
        "Exposition": ["Metrics"],
        "AgentServer": [
            "AgentCore", "AgentProtocol", "TokenCore", "CLinux", "NIOCore", "NIOPosix", "ServiceLifecycle",
            "Logging", "Metrics",
        ],
        "AgentClient": ["AgentProtocol", "NIOCore", "NIOPosix"],
        "HTTPBridge": [
            "AgentProtocol", "Exposition", "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore",
            "NIOHTTP1",
            "Logging",
            "Metrics", "ServiceLifecycle",
        ],
        // All of ours except CLDAP, which only LDAPDirectory knows.
        "tokenagent": [
            "AgentClient", "AgentCore", "AgentProtocol", "AgentServer", "CLinux", "Exposition",
            "HTTPBridge", "LDAPDirectory", "TokenCore", "TokenStorage", "ArgumentParser", "Logging",
            "Metrics",
            "NIOCore", "NIOPosix",
            "ServiceLifecycle", "UnixSignals", "Yams",
        ],
    ]

    static func violations(in file: HouseFile) -> [String] {
        guard let target = file.target else { return [] }
        guard let allowed = allowed[target] else {
            return ["\(file.path): the target \(target) is not in the table of rooms"]
        }
        return file.lines.enumerated().compactMap { index, line in
            guard line.contains("import"), let module = SwiftLine(line).importedModule else { return nil }
            guard !allowed.contains(module), !everywhere.contains(module) else { return nil }
            return "\(file.path):\(index + 1): \(target) may not import \(module)"
        }
    }
}
