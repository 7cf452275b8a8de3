import AgentProtocol

@testable import RealServers

/// A token as it was made.
struct MadeToken: Sendable {
    let id: String
    let token: String
    let passCode: String
    let metadata: JSONValue

    init(_ result: JSONValue) throws {
        guard let id = result["id"].text, let token = result["token"].text,
            let passCode = result["pass_code"].text
        else { throw FixtureFailure("no token: \(result.members.keys.sorted())") }
        self.id = id
        self.token = token
        self.passCode = passCode
        metadata = result
    }
}

extension DaemonProcess {
    func connect() throws -> RawSocket { try RawSocket(path: socket) }

    /// So many connections are open, beside the one that asks. Those that were closed just now may still be
    /// counted for a moment.
    func expectConnections(_ count: Int) throws {
        try eventually("\(count) connections") {
            try call("agent.status")["connections"].integer == count + 1
        }
    }

    /// The result of a call on a connection of its own; throws the daemon's refusal.
    @discardableResult
    func call(
        _ method: String, _ params: JSONValue = [:], within limit: Duration = .patient
    ) throws -> JSONValue {
        let connection = try connect()
        try connection.send(line: Self.request(method, params))
        let answer = try connection.value(within: limit)
        if let refusal = answer.refusal { throw refusal }
        return answer["result"]
    }

    static func request(_ method: String, _ params: JSONValue = [:], id: Int64 = 1) throws -> String {
        try
            ([
                "jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": params,
            ] as JSONValue).line
    }

    /// The error that a call ends in.
    func refusal(_ method: String, _ params: JSONValue = [:]) throws -> RPCError {
        let result: JSONValue
        do { result = try call(method, params) } catch let error as RPCError { return error }
        throw FixtureFailure("\(method) was not refused: \(try result.line)")
    }

    /// A token for a person, or whatever `params` say.
    @discardableResult
    func create(_ owner: JSONValue, _ params: [String: JSONValue] = [:]) throws -> MadeToken {
        try MadeToken(call("token.create", .object(params.merging(["owner": owner]) { $1 })))
    }

    /// `active`, or the reason why not.
    func verdict(_ token: String, _ params: [String: JSONValue] = [:]) throws -> String {
        let params = params.merging(["token": .string(token)]) { $1 }
        let answer = try call("token.verify", .object(params))
        return answer["active"] == true ? "active" : answer["reason"].text ?? "no reason"
    }

    func verdict(_ token: MadeToken) throws -> String { try verdict(token.token) }

    func state(_ token: MadeToken) throws -> String? {
        try call("token.show", ["id": .string(token.id)])["state"].text
    }

    /// The one report of a reading of the one directory.
    func sync(_ params: JSONValue = [:]) throws -> JSONValue {
        let reports = try call("directory.sync", params)["reports"]
        guard reports.items.count == 1 else { throw FixtureFailure("reports: \(try reports.line)") }
        return reports[0]
    }
}

extension JSONValue {
    static func service(_ name: String) -> JSONValue { ["source": "service", "id": .string(name)] }
}
