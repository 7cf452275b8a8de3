import CLDAP
import Glibc
import TokenCore

/// What is searched for, and how.
struct SearchRequest: Sendable {
    enum Scope: Sendable { case base, subtree }
    struct Page: Sendable {
        var size: Int32
        var cookie: [UInt8] = []
        /// Then a server that cannot page refuses, instead of answering as if it had not been asked.
        var isCritical: Bool
    }

    var base: String
    var scope = Scope.subtree
    var filter: String
    var attributes: [String]
    /// How many entries are enough; 0 for all. The server then answers with code 4.
    var sizeLimit: Int32 = 0
    var page: Page?
    /// Active Directory: no continuation references to its other naming contexts ([MS-ADTS] 3.1.1.3.4.1.4).
    var withinDomain = false
    /// Others that this search is made with.
    var controls: [RequestControl] = []
}

/// A control that libldap has no maker for (RFC 4511 4.1.11).
struct RequestControl: Sendable {
    var oid: String
    var value: [UInt8]
    /// Then a server that does not know it refuses, instead of answering as if it had not been asked.
    var isCritical = true
    /// Some have none, which is not the same as an empty one.
    var hasValue = true
}

/// What came of a search, besides its entries.
struct SearchEnd: Sendable {
    let result: LDAPResult
    let references: Int
}

extension LDAPConnection {
    /// Hands on every entry as it arrives, and says how it ended. A code other than success is not thrown.
    /// `meanwhile` is done when the server has been asked.
    func search(
        _ request: SearchRequest, until deadline: Deadline, meanwhile: () -> Void = {},
        _ onEntry: (Entry) throws(DirectoryError) -> Void
    ) throws(DirectoryError) -> SearchEnd {
        let id = try send(request, deadline)
        meanwhile()
        var references = 0
        while true {
            let reply = try request.page == nil ? next(id, until: deadline) : nextOfMany(id, until: deadline)
            switch reply.kind {
            case .entry: try onEntry(try reply.entry(request.attributes, on: self))
            case .reference: references += 1
            case .result:
                return SearchEnd(result: try reply.result(on: self, deadline), references: references)
            case .intermediate, .other: continue
            }
        }
    }

    /// All entries, which must be few: anything but success is thrown.
    func entries(
        _ request: SearchRequest, until deadline: Deadline
    ) throws(DirectoryError) -> (entries: [Entry], references: Int) {
        var entries: [Entry] = []
        let end = try search(request, until: deadline) { entry throws(DirectoryError) in entries.append(entry)
        }
        guard end.result.code == LDAP_SUCCESS else { throw refusal(end.result) }
        return (entries, end.references)
    }

    func refusal(_ result: LDAPResult) -> DirectoryError {
        .refused(server: server, code: result.code, detail: result.text)
    }

    /// How long to be deaf to cancellation.
    private static let patience = Duration.milliseconds(500)

    /// Some fifty entries of a server nearby; nothing beside a page's time anywhere else.
    private static let gatheringMicroseconds: UInt32 = 150

    /// The next message of a request, one at a time.
    func next(_ request: Int32, until deadline: Deadline) throws(DirectoryError) -> LDAPReply {
        while true {
            if Task.isCancelled {
                ldap_abandon_ext(try handle(), request, nil, nil)
                throw .cancelled
            }
            let remaining = deadline.remaining
            guard remaining > .zero else { throw .timedOut(server: server, phase: deadline.phase) }
            let wait = min(Self.patience, remaining)
            if let reply = try next(request, within: wait, until: deadline) { return reply }
        }
    }

    /// The same of one of many: when none is there yet, some are let gather. Whoever reads faster than the
    /// server writes is else put to sleep and woken up for each of a million entries, at the cost of both.
    private func nextOfMany(_ request: Int32, until deadline: Deadline) throws(DirectoryError) -> LDAPReply {
        // Who is never silent is ended by the watchdog, at the deadline.
        if !Task.isCancelled, let reply = try next(request, within: .zero, until: deadline) { return reply }
        usleep(Self.gatheringMicroseconds)
        return try next(request, until: deadline)
    }

    /// nil if none comes `within` that time.
    func next(
        _ request: Int32, within wait: Duration, until deadline: Deadline
    ) throws(DirectoryError) -> LDAPReply? {
        let handle = try handle()
        var wait = timeval(wait)
        var message: OpaquePointer?
        let kind = ldap_result(handle, request, LDAP_MSG_ONE, &wait, &message)
        if kind > 0, let message { return LDAPReply(message) }
        guard kind == 0 else {
            var code = LDAP_SERVER_DOWN
            ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code)
            // Not a server's result code: the connection is what failed.
            throw failure(min(code, LDAP_SERVER_DOWN), deadline)
        }
        return nil
    }

    func send(_ request: SearchRequest, _ deadline: Deadline) throws(DirectoryError) -> Int32 {
        let handle = try handle()
        var controls = try self.controls(request)
        var attributes: [UnsafeMutablePointer<CChar>?] = request.attributes.map { strdup($0) } + [nil]
        defer {
            attributes.forEach { free($0) }
            controls.forEach { ldap_control_free($0) }
        }
        controls.append(nil)
        var id: Int32 = 0
        let scope = request.scope == .base ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE
        let sent = ldap_search_ext(
            handle, request.base, scope, request.filter, &attributes, 0, &controls, nil, nil,
            request.sizeLimit, &id)
        guard sent == LDAP_SUCCESS else { throw failure(sent, deadline) }
        return id
    }

    private func controls(
        _ request: SearchRequest
    ) throws(DirectoryError) -> [UnsafeMutablePointer<LDAPControl>?] {
        let handle = try handle()
        var controls: [UnsafeMutablePointer<LDAPControl>?] = []
        var codes: [Int32] = []
        if let page = request.page {
            var control: UnsafeMutablePointer<LDAPControl>?
            var octets = page.cookie.map { CChar(bitPattern: $0) }
            codes.append(
                octets.withUnsafeMutableBufferPointer { octets in
                    var cookie = berval(bv_len: ber_len_t(octets.count), bv_val: octets.baseAddress)
                    return ldap_create_page_control(
                        handle, page.size, &cookie, page.isCritical ? 1 : 0, &control)
                })
            controls.append(control)
        }
        if request.withinDomain {
            var control: UnsafeMutablePointer<LDAPControl>?
            codes.append(ldap_control_create(LDAP_CONTROL_X_DOMAIN_SCOPE, 0, nil, 0, &control))
            controls.append(control)
        }
        for extra in request.controls {
            var control: UnsafeMutablePointer<LDAPControl>?
            var octets = extra.value.map { CChar(bitPattern: $0) }
            codes.append(
                octets.withUnsafeMutableBufferPointer { octets in
                    var value = berval(bv_len: ber_len_t(octets.count), bv_val: octets.baseAddress)
                    let critical: Int32 = extra.isCritical ? 1 : 0
                    guard extra.hasValue else {
                        return ldap_control_create(extra.oid, critical, nil, 0, &control)
                    }
                    return ldap_control_create(extra.oid, critical, &value, 1, &control)
                })
            controls.append(control)
        }
        guard codes.allSatisfy({ $0 == LDAP_SUCCESS }) else {
            controls.forEach { if let control = $0 { ldap_control_free(control) } }
            throw .misconfigured(
                detail: "libldap could not make a control: out of memory, or page_size is negative")
        }
        return controls
    }
}
