import CLDAP
package import TokenCore

extension LDAPSession {
    /// Asynchronous only in name: otherwise callers that know this type would get the contract's default.
    package func changes(since cookie: ChangeCookie?) async throws(DirectoryError) -> ChangeSet {
        let deadline = Deadline(after: settings.timing.deadline, phase: "reading changes")
        return try connection.bounded(by: deadline) { () throws(DirectoryError) in
            guard let cookie else { return try begin("there was no cookie", until: deadline) }
            return try changes(after: cookie, until: deadline)
        }
    }

    private func changes(
        after cookie: ChangeCookie, until deadline: Deadline
    ) throws(DirectoryError) -> ChangeSet {
        guard cookie.server == cookieServer else {
            return try begin("the cookie is of \(cookie.server)", until: deadline)
        }
        do {
            switch cookie.kind {
            case .contentSync: return try contentSync(since: cookie.bytes, until: deadline)
            case .dirSync: return try dirSync(since: cookie.bytes, until: deadline)
            case .usnChanged: return try usnChanged(since: cookie.bytes, until: deadline)
            case .modifyTimestamp: return try modified(since: cookie.bytes, until: deadline)
            }
        } catch .refused(_, let code, let detail) where Self.refusesCookie(code) {
            return try begin("the server no longer takes the cookie: \(detail) (\(code))", until: deadline)
        }
    }

    /// 4096: e-syncRefreshRequired (RFC 4533 2.6), also 389-ds's answer to a cookie of another filter. 53:
    /// OpenLDAP's "consumer state is newer than provider", which was restored from a backup. The others: what
    /// a cookie or a control may meet after an upgrade. Everything else may pass, and the cookie is kept.
    static func refusesCookie(_ code: Int32) -> Bool {
        [
            LDAP_SYNC_REFRESH_REQUIRED, LDAP_UNWILLING_TO_PERFORM, LDAP_PROTOCOL_ERROR,
            LDAP_OPERATIONS_ERROR, LDAP_UNAVAILABLE_CRITICAL_EXTENSION,
        ].contains(code)
    }

    /// A first cookie, by the first method that works: found by trying, as servers advertise controls that
    /// they then refuse, and refuse to show what they advertise.
    func begin(_ reason: String, until deadline: Deadline) throws(DirectoryError) -> ChangeSet {
        let methods: [ChangeCookie.Kind] =
            profile.isActiveDirectory
            ? [.dirSync, .usnChanged, .modifyTimestamp] : [.contentSync, .modifyTimestamp]
        var refusals: [String] = []
        for method in methods {
            do {
                var first =
                    switch method {
                    case .contentSync: try firstContentSync(until: deadline)
                    case .dirSync: try firstDirSync(until: deadline)
                    case .usnChanged: try firstUSN(until: deadline)
                    case .modifyTimestamp: try firstModified(until: deadline)
                    }
                first.incompleteness = reason
                first.refusals = refusals.isEmpty ? nil : refusals.joined(separator: "; ")
                return first
            } catch .refused(_, let code, let detail) where Self.refusesMethod(code) {
                refusals.append("\(method.method) was refused: \(detail) (\(code))")
            }
        }
        throw .unsupported(
            detail: "\(server) has no way to tell what changed: neither content sync (OpenLDAP: overlay "
                + "syncprov; 389-ds: the Content Synchronization plug-in), nor DirSync, nor modifyTimestamp; "
                + refusals.joined(separator: "; "))
    }

    private static func refusesMethod(_ code: Int32) -> Bool {
        refusesCookie(code)
            || [LDAP_INSUFFICIENT_ACCESS, LDAP_NO_SUCH_OBJECT, LDAP_INAPPROPRIATE_MATCHING].contains(code)
    }
}

extension LDAPSession {
    private func contentSync(
        since cookie: [UInt8], until deadline: Deadline
    ) throws(DirectoryError) -> ChangeSet {
        if let surprise = try surprise(at: cookie, until: deadline) {
            return try begin(surprise, until: deadline)
        }
        let books = SyncBooks(
            mapping: try mapping(until: deadline), dialect: SyncDialect(profile), cookie: cookie)
        return try refresh(books, readsPeople: true, until: deadline)
    }

    private func firstContentSync(until deadline: Deadline) throws(DirectoryError) -> ChangeSet {
        if let silence {
            throw .refused(server: server, code: LDAP_UNWILLING_TO_PERFORM, detail: silence)
        }
        let books = SyncBooks(
            mapping: try mapping(until: deadline), dialect: SyncDialect(profile),
            cookie: try contextCookie(until: deadline))
        let first = try refresh(books, readsPeople: false, until: deadline)
        guard !first.cookie.bytes.isEmpty else {
            throw .refused(
                server: server, code: LDAP_UNAVAILABLE_CRITICAL_EXTENSION,
                detail: "content sync came without a cookie")
        }
        return first
    }

    private func refresh(
        _ books: SyncBooks, readsPeople: Bool, until deadline: Deadline
    ) throws(DirectoryError) -> ChangeSet {
        var sync = try ContentSync(
            books, persist: false, readsPeople: readsPeople, on: self, until: deadline)
        while true {
            guard let result = try sync.step(until: deadline) else { continue }
            guard result.code == LDAP_SUCCESS else { throw connection.refusal(result) }
            return sync.books.take(server: server)
        }
    }

    /// Why the server cannot go on from a cookie, where it would not say so itself; nil if it can, or if that
    /// can be left to the server.
    func surprise(at cookie: [UInt8], until deadline: Deadline) throws(DirectoryError) -> String? {
        if cookie.isEmpty { return "the cookie is empty" }
        if let silence { return silence }
        if SyncDialect(profile) == .directoryServer389 {
            return try surpriseAtChangelog(cookie, until: deadline)
        }
        guard profile.vendor == "OpenLDAP" || cookie.starts(with: "rid=".utf8) else { return nil }
        guard let known = OpenLDAPCookie(cookie) else { return "the cookie is malformed" }
        return try context(until: deadline).flatMap(known.surprise)
    }

    /// Why content sync would say that nobody changed, whoever did. FreeIPA turns it on for its name server,
    /// and has nothing but cn=dns written to the changelog that it comes from (its 20-syncrepl.update).
    private var silence: String? {
        profile.isFreeIPA ? "FreeIPA keeps a changelog of DNS alone" : nil
    }

    /// 389-ds does not look whether its changelog still reaches back to a cookie (its
    /// sync_cookie_isvalid), whose last part is the number of a change.
    private func surpriseAtChangelog(
        _ cookie: [UInt8], until deadline: Deadline
    ) throws(DirectoryError) -> String? {
        let request = SearchRequest(
            base: "", scope: .base, filter: "(objectClass=*)", attributes: ["firstChangeNumber"])
        let rootDSE = try connection.entries(request, until: deadline).entries.first
        let number = String(decoding: cookie, as: UTF8.self).split(separator: "#").last.flatMap { Int($0) }
        guard let first = rootDSE?.text("firstChangeNumber").flatMap({ Int($0) }), let number else {
            return nil
        }
        // No sum: a server says what it likes, and the largest number has no next.
        return number >= first || number == first &- 1
            ? nil : "the server's changelog begins after the cookie"
    }

    /// Asynchronous only in name, as `changes` is.
    package func progress() async throws(DirectoryError) -> ServerProgress? { try progress(until: nil) }

    /// Within the time for one question, and until `latest`.
    func progress(until latest: Deadline?) throws(DirectoryError) -> ServerProgress? {
        let own = requestDeadline("asking how far the server has got")
        let deadline = latest.map(own.sooner) ?? own
        return try connection.bounded(by: deadline) { () throws(DirectoryError) in
            try context(until: deadline)?.progress
        }
    }

    /// Where OpenLDAP is by now: without it a first cookie costs a message for each person.
    private func contextCookie(until deadline: Deadline) throws(DirectoryError) -> [UInt8] {
        try context(until: deadline)?.octets ?? []
    }

    /// nil if it cannot be read.
    private func context(until deadline: Deadline) throws(DirectoryError) -> OpenLDAPCookie? {
        guard profile.vendor == "OpenLDAP" || !profile.isReadable else { return nil }
        let request = SearchRequest(
            base: profile.context(of: settings.base), scope: .base, filter: "(objectClass=*)",
            attributes: ["contextCSN"])
        do {
            let entry = try connection.entries(request, until: deadline).entries.first
            return entry.flatMap { OpenLDAPCookie(states: $0.texts("contextCSN")) }
        } catch .refused {
            return nil
        }
    }
}
