import CLDAP
import TokenCore

/// One content synchronisation (RFC 4533) on a session's connection: sends the search, and puts what comes
/// back into the books.
struct ContentSync {
    let connection: LDAPConnection
    let now: @Sendable () -> Timestamp
    /// False while only a first cookie is wanted.
    let readsPeople: Bool
    private let attributes: [String]
    private let request: Int32
    var books: SyncBooks

    /// Sends it. Never follows with what libldap has for this: its helper loses messages that come together.
    init(
        _ books: SyncBooks, persist: Bool, readsPeople: Bool, on session: isolated LDAPSession,
        until deadline: Deadline
    ) throws(DirectoryError) {
        self.books = books
        self.readsPeople = readsPeople
        connection = session.connection
        now = session.now
        attributes = readsPeople ? books.mapping.attributes : ["1.1"]
        var search = SearchRequest(
            base: session.settings.base, filter: session.settings.filter, attributes: attributes)
        search.controls = [
            RequestControl(
                oid: String(cString: CLDAP_CONTROL_SYNC),
                value: SyncMessage.request(persist: persist, cookie: books.cookie))
        ]
        request = try connection.send(search, deadline)
    }

    /// The next message; the result if it was the last one.
    mutating func step(until deadline: Deadline) throws(DirectoryError) -> LDAPResult? {
        try note(try connection.next(request, until: deadline), deadline)
    }

    /// A message that is there already. False if there is none.
    mutating func stepIfReady(until deadline: Deadline) throws(DirectoryError) -> (Bool, LDAPResult?) {
        guard let reply = try connection.next(request, within: .zero, until: deadline) else {
            return (false, nil)
        }
        return (true, try note(reply, deadline))
    }

    private mutating func note(
        _ reply: borrowing LDAPReply, _ deadline: Deadline
    ) throws(DirectoryError) -> LDAPResult? {
        switch reply.kind {
        case .entry: try noteEntry(reply)
        case .intermediate: try noteInfo(reply)
        case .reference: books.surprise("part of the directory is on servers that were not asked")
        case .other: books.surprise("the server sent a message that is unknown")
        case .result: return try noteResult(reply, deadline)
        }
        return nil
    }

    private mutating func noteEntry(_ reply: borrowing LDAPReply) throws(DirectoryError) {
        let controls = try reply.entryControls(on: connection)
        let entry = try reply.entry(attributes, on: connection)
        guard let value = controls[String(cString: CLDAP_CONTROL_SYNC_STATE)] else {
            return books.surprise("\(entry.dn) came without a state")
        }
        do {
            let state = try SyncMessage.State(value)
            guard readsPeople else { return books.noteOnlyCookie(state) }
            books.note(state, entry, now: now())
        } catch {
            books.surprise("the state of \(entry.dn) is malformed: \(error.reason)")
        }
    }

    private mutating func noteInfo(_ reply: borrowing LDAPReply) throws(DirectoryError) {
        let message = try reply.intermediate(on: connection)
        guard message.oid == String(cString: CLDAP_SYNC_INFO) else {
            return books.surprise("the intermediate message \(message.oid) is unknown")
        }
        do { books.note(try SyncMessage.Info(message.value)) } catch {
            books.surprise("an intermediate message is malformed: \(error.reason)")
        }
    }

    private mutating func noteResult(
        _ reply: borrowing LDAPReply, _ deadline: Deadline
    ) throws(DirectoryError) -> LDAPResult {
        let result = try reply.result(on: connection, deadline)
        guard result.code == LDAP_SUCCESS else { return result }
        guard let value = result.controls[String(cString: CLDAP_CONTROL_SYNC_DONE)] else {
            books.surprise("the refresh ended without saying how")
            return result
        }
        do { books.note(try SyncMessage.Done(value)) } catch {
            books.surprise("the end of the refresh is malformed: \(error.reason)")
        }
        return result
    }
}
