import AgentClient
import AgentProtocol
import Foundation

/// A command's conversation with the daemon: asks, and shows what was answered.
struct Session: Sendable {
    let socket: SocketPath
    let terminal: Terminal
    let json: Bool
    private let credentials: Credentials?
    private let connection: AgentConnection

    static func open(_ options: AgentOptions, _ terminal: Terminal) async throws(CommandError) -> Session {
        let socket = SocketPath.find(
            option: options.socket, environment: ProcessInfo.processInfo.environment)
        if let warning = socket.warning { terminal.complain(warning) }
        var credentials: Credentials?
        if let file = options.asTokenFile {
            credentials = .token(try SecretInput(file: file).read(prompt: "Token to ask with"))
        }
        return Session(
            socket: socket, terminal: terminal, json: options.json, credentials: credentials,
            connection: try await Self.connect(socket.path))
    }

    private init(
        socket: SocketPath, terminal: Terminal, json: Bool, credentials: Credentials?,
        connection: AgentConnection
    ) {
        self.socket = socket
        self.terminal = terminal
        self.json = json
        self.credentials = credentials
        self.connection = connection
    }

    private static func connect(_ path: String) async throws(CommandError) -> AgentConnection {
        do { return try await AgentConnection.connect(path: path) } catch { throw .client(error) }
    }

    /// The same caller on another connection, for questions beside one that takes long.
    func another() async throws(CommandError) -> Session {
        Session(
            socket: socket, terminal: terminal, json: json, credentials: credentials,
            connection: try await Self.connect(socket.path))
    }

    func close() async { await connection.close() }

    /// Asks, and with `--json` prints the result as it came, if it `isNews`. `lost` says what is lost where
    /// it cannot be printed.
    func ask<P: MethodParams>(
        _ params: P, timeout: Duration = AgentConnection.defaultTimeout,
        lost: (P.Answer) -> String? = { _ in nil }, isNews: (P.Answer) -> Bool = { _ in true }
    ) async throws(CommandError) -> P.Answer {
        let (answer, text) = try await answer(params, timeout)
        if json, isNews(answer) {
            do { try terminal.write(text) } catch { throw error.losing(lost(answer)) }
        }
        return answer
    }

    /// Asks, and prints nothing.
    func inquire<P: MethodParams>(_ params: P) async throws(CommandError) -> P.Answer {
        try await answer(params, AgentConnection.defaultTimeout).0
    }

    private func answer<P: MethodParams>(
        _ params: P, _ timeout: Duration
    ) async throws(CommandError) -> (P.Answer, [UInt8]) {
        let text: [UInt8]
        do {
            text = try await connection.callRaw(P.method, params, as: credentials, timeout: timeout)
        } catch {
            throw .client(error, asking: P.method)
        }
        do {
            return (try JSONDecoder().decode(P.Answer.self, from: Data(text)), text)
        } catch {
            // The decoder's own words may quote values, and a value may be a secret.
            throw .client(.protocolViolation("a result of \(P.method.rawValue) that cannot be read"))
        }
    }

    /// Prints events, a line each, until the daemon ends it.
    func follow(_ params: EventsSubscribe) async throws(CommandError) {
        var logins: [OwnerKey: String?] = [:]
        do {
            try await AgentEvents.followRaw(path: socket.path, kinds: params.kinds, as: credentials) { text in
                if json { return try terminal.write(text) }
                guard let event = try? JSONDecoder().decode(Event.self, from: Data(text)) else {
                    throw AgentClientError.protocolViolation("an event that cannot be read")
                }
                var login: String?
                if let owner = event.owner {
                    if logins[owner] == nil { logins[owner] = await self.login(of: owner) }
                    login = logins[owner] ?? nil
                }
                try terminal.write(event.line(style, login: login))
            }
        } catch let error as CommandError {
            throw error
        } catch let error as AgentClientError {
            throw .client(error, asking: .eventsSubscribe)
        } catch {
            throw .client(.closed, asking: .eventsSubscribe)
        }
    }

    /// As it is before a command changes it, for words alone; nil with `--json`, and where it cannot be told.
    func state(of token: String) async -> TokenState? {
        guard !json else { return nil }
        do { return try await inquire(TokenShow(id: token)).state } catch { return nil }
    }

    /// nil of services, of who is not known, and where this caller may not know it. Once for each owner:
    /// events come by the thousand.
    private func login(of owner: OwnerKey) async -> String? {
        guard owner.source != Owner.serviceSource else { return nil }
        do { return try await inquire(UserShow(user: .key(owner))).user.login } catch { return nil }
    }

    /// Says the answer in words, unless it was printed as JSON.
    func say(_ text: String) throws(CommandError) {
        if !json { try terminal.write(text) }
    }

    func say(_ table: Table) throws(CommandError) { try say(table.text(style)) }

    func say(_ card: Card) throws(CommandError) { try say(card.text(style)) }

    var style: Style { terminal.style }
}
