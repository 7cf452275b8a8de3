import CLDAP
package import TokenCore

/// One bound connection to one server, on a thread of its own.
package actor LDAPSession: DirectorySession {
    package nonisolated let server: String
    nonisolated let settings: LDAPSettings
    nonisolated let pin = ConnectionPin()
    private nonisolated let thread: LDAPThread

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    let now: @Sendable () -> Timestamp
    let connection: LDAPConnection
    var profile = ServerProfile()
    private var resolved: EntryMapping?
    /// Somebody known to be there: see `confirm`.
    var witness: String?

    /// Sends nothing yet.
    init(
        _ server: ServerURL, settings: LDAPSettings, now: @escaping @Sendable () -> Timestamp
    ) throws(DirectoryError) {
        try settings.permit(server)
        self.server = server.text
        self.settings = settings
        self.now = now
        connection = try LDAPConnection(server, settings: settings, pin: pin)
        thread = LDAPThread(name: "ldap \(settings.name)")
    }

    isolated deinit {
        connection.close()
        thread.stop()
    }

    /// Connects, secures, binds, and reads what the server says of itself.
    func open(_ secret: BindSecret) throws(DirectoryError) {
        let deadline = Deadline(after: settings.timing.connect, phase: "connecting")
        do {
            try connection.bounded(by: deadline) { () throws(DirectoryError) in
                try connection.open(settings, secret: secret, until: deadline)
                profile = try readProfile(until: deadline)
                profile.isFreeIPA = try isFreeIPA(until: deadline)
            }
        } catch {
            connection.close()
            throw error
        }
    }

    package var vendor: String? { profile.vendor }

    /// Whose cookies this session gets, and can go on from.
    var cookieServer: String { profile.controller.map { "\(server) \($0)" } ?? server }

    package var identity: String { cookieServer }

    /// libldap does not come back from a TLS peer that is silent in the middle of a record.
    package nonisolated func abandon() { pin.cancel() }

    package func close() { connection.close() }

    private func readProfile(until deadline: Deadline) throws(DirectoryError) -> ServerProfile {
        let request = SearchRequest(
            base: "", scope: .base, filter: "(objectClass=*)", attributes: ServerProfile.attributes)
        do {
            return try connection.entries(request, until: deadline).entries.first.map(ServerProfile.init)
                ?? ServerProfile()
        } catch .refused(_, let code, _) where Self.hides(code) {
            return ServerProfile()
        }
    }

    /// Whether a refusal says that something is not for the agent to see, for good. After any other, be it
    /// that the server is busy, nobody knows what it would show; and to guess would be to know people by
    /// another attribute than a moment ago.
    private static func hides(_ code: Int32) -> Bool {
        [LDAP_NO_SUCH_OBJECT, LDAP_INSUFFICIENT_ACCESS].contains(code)
    }

    /// As FreeIPA's own clients tell: its naming context is a domain with `info: IPA V2.0`, for all to see.
    private func isFreeIPA(until deadline: Deadline) throws(DirectoryError) -> Bool {
        guard SyncDialect(profile) == .directoryServer389 else { return false }
        let request = SearchRequest(
            base: profile.context(of: settings.base), scope: .base, filter: "(objectClass=domain)",
            attributes: ["info"])
        do {
            let entry = try connection.entries(request, until: deadline).entries.first
            return entry?.texts("info").contains { $0.hasPrefix("IPA ") } ?? false
        } catch .refused(_, let code, _) where Self.hides(code) {
            return false
        }
    }

    func requestDeadline(_ phase: String) -> Deadline {
        Deadline(after: settings.timing.request, phase: phase)
    }

    func filter(_ mapping: EntryMapping) -> PersonFilter {
        PersonFilter(people: settings.filter, id: mapping.id, labels: settings.attributes)
    }

    /// Settled once a session: by configuration, by kind of server, or by what a person shows.
    func mapping(until deadline: Deadline) throws(DirectoryError) -> EntryMapping {
        if let resolved { return resolved }
        let mapping = EntryMapping(
            source: settings.name, id: try stableID(until: deadline), labels: settings.attributes,
            disabled: settings.disabled)
        resolved = mapping
        return mapping
    }

    /// Asynchronous only in name, as `changes` is.
    package func idAttribute() async throws(DirectoryError) -> IDAttribute? {
        try idAttribute(until: requestDeadline("looking by which attribute people are known"))
    }

    func idAttribute(until deadline: Deadline) throws(DirectoryError) -> IDAttribute {
        let name = try connection.bounded(by: deadline) { () throws(DirectoryError) in
            try mapping(until: deadline).id.attribute
        }
        return IDAttribute(name, isAutomatic: hasAutomaticID)
    }

    private var hasAutomaticID: Bool {
        settings.attributes.id.lowercased() == PersonAttributes.automaticID
    }

    private func stableID(until deadline: Deadline) throws(DirectoryError) -> StableID {
        guard hasAutomaticID else { return StableID(attribute: settings.attributes.id) }
        if profile.isActiveDirectory { return StableID(attribute: "objectGUID") }
        // Its readers see nsUniqueId of some entries and not of others, such as of those it preserves.
        if profile.isFreeIPA { return StableID(attribute: "ipaUniqueID") }
        let names = StableID.known.map(\.attribute)
        guard let entry = try anyone(names, until: deadline) else { throw nobody() }
        guard let id = StableID.offered(by: entry) else {
            throw .incomplete(
                server: server, reason: "\(entry.dn) shows none of \(names.joined(separator: ", ")): set id")
        }
        return id
    }

    /// An attribute that everybody has, and by which accounts are disabled here; nil where there is none.
    var demandedStatus: String? {
        profile.isActiveDirectory && settings.disabled == .auto
            ? AccountStatus.universalOnActiveDirectory : nil
    }

    /// Rights to it that were withdrawn would make everybody look enabled.
    func unseen(_ attribute: String) -> DirectoryError {
        .incomplete(
            server: server,
            reason: "\(attribute), which says who is disabled, is on nobody: let the bind DN read it")
    }

    /// Any one person, as proof that people can be read at all.
    func anyone(_ attributes: [String], until deadline: Deadline) throws(DirectoryError) -> Entry? {
        var request = SearchRequest(base: settings.base, filter: settings.filter, attributes: attributes)
        request.sizeLimit = 1
        request.withinDomain = profile.staysWithinDomain
        var found: Entry?
        let end = try connection.search(request, until: deadline) { entry throws(DirectoryError) in
            found = entry
        }
        guard [LDAP_SUCCESS, LDAP_SIZELIMIT_EXCEEDED].contains(end.result.code) else {
            throw connection.refusal(end.result)
        }
        return found
    }

    func nobody() -> DirectoryError {
        .incomplete(
            server: server,
            reason: "it succeeded with nobody: a wrong base or filter, or rights that were taken away")
    }
}
