import CLDAP
import Dispatch
package import Logging
package import TokenCore

/// An LDAP directory: a list of servers that hold the same people.
package struct LDAPSource: DirectorySource {
    package let settings: LDAPSettings
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let gate: PasswordGate
    private let backoff = ServerBackoff()
    /// Of the agent's own password; nil where it needs none.
    private let secrets: FileReader<BindSecret>?

    package var name: String { settings.name }
    package var fingerprint: String { settings.fingerprint }

    /// Nothing is sent before `connect`. `now` is the one clock of the daemon: status is judged by it.
    package init(_ settings: LDAPSettings, logger: Logger, now: @escaping @Sendable () -> Timestamp) {
        LDAPLibrary.initialize()
        self.settings = settings
        self.now = now
        self.logger = logger
        gate = PasswordGate(placesMax: settings.passwordsMax, waitersMax: settings.passwordsWaitingMax)
        secrets =
            if case .simple(_, let file) = settings.bind {
                FileReader(path: file) {
                    Result { () throws(DirectoryError) in try BindSecret(file: file) }
                }
            } else { nil }
    }

    package func connect() async throws(DirectoryError) -> any DirectorySession { try await open() }

    package func connect(notBehind horizon: Horizon) async throws(DirectoryError) -> any DirectorySession {
        try await open(notBehind: horizon)
    }

    package func connect(to server: String) async throws(DirectoryError) -> any DirectorySession {
        try checkSettings()
        return try await open(server)
    }

    func open(_ url: String) async throws(DirectoryError) -> LDAPSession {
        try await open(url, try await secret())
    }

    /// Read anew for each connection, before any: that it cannot be is no server's failure.
    private func secret(until deadline: Deadline? = nil) async throws(DirectoryError) -> BindSecret {
        guard let secrets else { return BindSecret() }
        let most = settings.timing.connect
        return try await secrets.read(within: deadline.map { min(most, $0.remaining) } ?? most)
    }

    package func avoid(_ server: String) { backoff.noteFailure(of: server, at: .now) }

    /// The first server that works. One that refuses the bind is one that works: asking the others could lock
    /// the agent's account there, too.
    ///
    /// Those that failed lately come last. With a deadline, a server gets no more than its share of the time
    /// left. One that is behind `horizon` does not count as one that works.
    func open(
        until deadline: Deadline? = nil, notBehind horizon: Horizon? = nil
    ) async throws(DirectoryError) -> LDAPSession {
        try checkSettings()
        let secret = try await secret(until: deadline)
        var failures: [DirectoryError] = []
        for (index, url) in backoff.order(settings.urls, at: .now).enumerated() {
            // That time is over is no server's failure, and nothing to hold against this one.
            if let deadline, deadline.hasPassed {
                failures.append(.timedOut(server: url, phase: deadline.phase))
                break
            }
            do {
                let share = deadline.map { $0.remaining / (settings.urls.count - index) }
                let session = try await open(url, secret, within: share)
                if let horizon { try await check(session, horizon, until: deadline) }
                backoff.noteSuccess(of: url)
                return session
            } catch {
                guard error.leavesOthersToTry else { throw error }
                backoff.noteFailure(of: url, at: .now)
                failures.append(error)
                logger.warning("\(error)", metadata: ["directory": "\(name)", "server": "\(url)"])
            }
        }
        // What an administrator has to mend comes before what may mend itself; and why a server that can be
        // reached will not do, before that another cannot.
        let telling =
            failures.first { if case .insecure = $0 { true } else { false } }
            ?? failures.first { if case .incomplete = $0 { true } else { false } } ?? failures.first
        throw telling ?? .misconfigured(detail: "directory \(name) has no url")
    }

    func open(
        _ url: String, _ secret: BindSecret, within span: Duration? = nil
    ) async throws(DirectoryError) -> LDAPSession {
        var settings = settings
        if let span { settings.timing.connect = min(settings.timing.connect, span) }
        let session = try LDAPSession(try ServerURL(url), settings: settings, now: now)
        try await wait(for: session, with: secret, within: settings.timing.connect).get()
        return session
    }

    private func check(
        _ session: LDAPSession, _ horizon: Horizon, until deadline: Deadline?
    ) async throws(DirectoryError) {
        guard horizon.progress != nil else { return }
        let progress = await withTaskCancellationHandler {
            await session.tryProgress(until: deadline)
        } onCancel: {
            session.pin.cancel()
        }
        do throws(DirectoryError) {
            try horizon.check(session.server, try progress.get())
        } catch {
            await session.close()
            throw error
        }
    }

    /// Nothing wakes a thread that looks a name up (getaddrinfo(3) has no deadline): it is left to end by
    /// itself, and what it then connects to is refused.
    private func wait(
        for session: LDAPSession, with secret: BindSecret, within span: Duration
    ) async -> Result<Void, DirectoryError> {
        let answer = FirstAnswer<Result<Void, DirectoryError>>()
        let (pin, server) = (session.pin, session.server)
        let alarm = Watchdog.alarm(after: span + Self.lateness) {
            pin.expire()
            answer.give(.failure(.timedOut(server: server, phase: "connecting")))
        }
        defer { alarm.cancel() }
        return await withTaskCancellationHandler {
            Task { answer.give(await session.tryOpen(secret)) }
            return await answer.value
        } onCancel: {
            pin.cancel()
            answer.give(.failure(.cancelled))
        }
    }

    /// Everything but names keeps its deadline by itself, and tells more of what happened.
    private static let lateness = Duration.milliseconds(500)

    func checkSettings() throws(DirectoryError) {
        try Filter.check(settings.filter)
        guard DistinguishedName(settings.base) != nil else {
            throw .misconfigured(detail: "base \(settings.base) is not a distinguished name")
        }
        for url in settings.urls { _ = try ServerURL(url) }
    }
}

extension LDAPSession {
    /// `withTaskCancellationHandler` does not carry typed errors.
    fileprivate func tryOpen(_ secret: BindSecret) -> Result<Void, DirectoryError> {
        Result { () throws(DirectoryError) in try open(secret) }
    }

    fileprivate func tryProgress(until deadline: Deadline?) -> Result<ServerProgress?, DirectoryError> {
        Result { () throws(DirectoryError) in try progress(until: deadline) }
    }
}

extension DirectoryError {
    fileprivate var leavesOthersToTry: Bool {
        switch self {
        case .unreachable, .timedOut, .insecure, .refused, .incomplete: true
        case .bindRefused, .misconfigured, .unsupported, .cancelled: false
        }
    }
}
