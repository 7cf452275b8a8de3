import AgentProtocol

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
