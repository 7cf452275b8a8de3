import AgentProtocol

extension OwnerKey {
    /// With the name beside the identity, where it is known: `alice (corp:5f1c)`.
    func text(login: String?) -> String { login.map { "\($0) (\(source):\(id))" } ?? "\(source):\(id)" }
}

extension Owner {
    /// The source that is no directory.
    static let serviceSource = "service"

    /// What people call them.
    var label: String {
        if source == Self.serviceSource { return "\(source):\(id)" }
        return login.isEmpty ? "\(source):\(id)" : login
    }

    /// With the identity beside the name.
    var full: String {
        guard source != Self.serviceSource, !login.isEmpty else { return label }
        let address = email.map { " <\($0)>" } ?? ""
        return "\(login)\(address), \(source):\(id)"
    }
}
