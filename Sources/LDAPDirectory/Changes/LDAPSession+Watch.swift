import CLDAP
package import TokenCore

extension LDAPSession {
    package func watch(
        since cookie: ChangeCookie?, _ onEvents: @escaping @Sendable (ChangeSet) -> Void
    ) async throws(DirectoryError) {
        let ended = await withTaskCancellationHandler {
            Result { () throws(DirectoryError) in try watchUntilItEnds(since: cookie, onEvents) }
        } onCancel: {
            // The thread may wait for the server: that is what wakes it.
            pin.cancel()
        }
        try ended.get()
    }

    private func watchUntilItEnds(
        since cookie: ChangeCookie?, _ onEvents: (ChangeSet) -> Void
    ) throws(DirectoryError) {
        let refresh = Deadline(after: settings.timing.deadline, phase: "refreshing before watching")
        let (known, reason) = try start(from: cookie, until: refresh)
        var sync = try connection.bounded(by: refresh) { () throws(DirectoryError) in
            let books = SyncBooks(
                mapping: try mapping(until: refresh), dialect: SyncDialect(profile), cookie: known.bytes,
                incompleteness: reason)
            var sync = try ContentSync(books, persist: true, readsPeople: true, on: self, until: refresh)
            while sync.books.isRefreshing {
                guard let result = try sync.step(until: refresh) else { continue }
                throw try endOfWatch(result, sync.books, until: refresh, onEvents)
            }
            return sync
        }
        // Also if it is empty: it says that from here on events are told as they happen.
        onEvents(sync.books.take(server: server))
        try deliver(&sync, onEvents)
    }

    private func start(
        from cookie: ChangeCookie?, until deadline: Deadline
    ) throws(DirectoryError) -> (known: ChangeCookie, incompleteness: String?) {
        let first = try connection.bounded(by: deadline) { () throws(DirectoryError) -> ChangeSet in
            guard let cookie else { return try begin("there was no cookie", until: deadline) }
            guard cookie.server == server, cookie.kind == .contentSync else {
                return try begin("the cookie is of \(cookie.server)", until: deadline)
            }
            guard let surprise = try surprise(at: cookie.bytes, until: deadline) else {
                return ChangeSet(cookie: cookie)
            }
            return try begin(surprise, until: deadline)
        }
        guard first.cookie.kind == .contentSync else {
            throw .unsupported(detail: "\(server) cannot tell changes as they happen, only when asked")
        }
        return (first.cookie, first.incompleteness)
    }

    /// TCP's own keep-alive finds a dead peer; a live one may be silent for as long as nothing happens.
    private func deliver(_ sync: inout ContentSync, _ onEvents: (ChangeSet) -> Void) throws(DirectoryError) {
        let deadline = Deadline(after: .seconds(86_400 * 36_500), phase: "watching")
        while true {
            var result = try sync.step(until: deadline)
            var count = 1
            // What came with it goes with it.
            while result == nil && count < Self.eventsMax {
                let (hadOne, next) = try sync.stepIfReady(until: deadline)
                guard hadOne else { break }
                result = next
                count += 1
            }
            if let result { throw try endOfWatch(result, sync.books, until: deadline, onEvents) }
            // A new cookie alone is of interest to whoever stores it.
            onEvents(sync.books.take(server: server))
        }
    }

    private static var eventsMax: Int { 500 }

    /// A server that ends it has a reason: what it will not go on from is dropped, and said so.
    private func endOfWatch(
        _ result: LDAPResult, _ books: SyncBooks, until deadline: Deadline, _ onEvents: (ChangeSet) -> Void
    ) throws(DirectoryError) -> DirectoryError {
        if !books.isEmpty {
            var books = books
            onEvents(books.take(server: server))
        }
        if Self.refusesCookie(result.code) {
            let again = Deadline(after: settings.timing.deadline, phase: "beginning to watch again")
            let reason = "the server no longer takes the cookie: \(result.text) (\(result.code))"
            onEvents(
                try connection.bounded(by: again) { () throws(DirectoryError) in
                    try begin(reason, until: again)
                })
        }
        return connection.refusal(result)
    }
}
