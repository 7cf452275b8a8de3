import AgentProtocol
import ArgumentParser
import Foundation
import Testing

@testable import tokenagent

@Suite struct CommandsParamsTests {
    private static let cases: [(line: String, json: String)] = [
        ("create alice", #"{"owner":"alice"}"#),
        (
            "create --source s --id 5f1 --audience ci --name n --no-write --flag a --flag b",
            #"{"audience":"ci","flags":["a","b"],"name":"n","owner":{"id":"5f1","source":"s"},"write":false}"#
        ),
        (
            "create --service backup --expires-in 90d",
            #"{"expires_in":7776000,"owner":{"id":"backup","source":"service"}}"#
        ),
        ("create a --expires-in 60", #"{"expires_in":60,"owner":"a"}"#),
        (
            "create a --retrievable --idempotency-key k --expires-at 2027-01-31T13:00:00+01:00",
            #"{"expires_at":"2027-01-31T12:00:00.000Z","idempotency_key":"k","owner":"a","retrievable":true}"#
        ),
        ("list", "{}"),
        (
            "list alice --audience ci --state obsolete --limit 5 --cursor c",
            #"{"audience":"ci","cursor":"c","limit":5,"owner":"alice","state":"obsolete"}"#
        ),
        ("list --service s --all", #"{"limit":1000,"owner":{"id":"s","source":"service"}}"#),
        (
            "list --created-after 2026-11-01T00:00:00Z --created-before 2026-12-01T00:00:00Z",
            #"{"created_after":"2026-11-01T00:00:00.000Z","created_before":"2026-12-01T00:00:00.000Z"}"#
        ),
        ("show NFWIevo8", #"{"id":"NFWIevo8"}"#),
        ("update NFWIevo8 --no-write", #"{"id":"NFWIevo8","write":false}"#),
        ("update N --no-expiry --name x --flag f", #"{"expires_at":null,"flags":["f"],"id":"N","name":"x"}"#),
        ("update N --no-flags", #"{"flags":[],"id":"N"}"#),
        (
            "update N --write --expires-at 2027-01-31T12:00:00Z",
            #"{"expires_at":"2027-01-31T12:00:00.000Z","id":"N","write":true}"#
        ),
        ("rotate N", #"{"id":"N"}"#),
        ("rotate N --grace 1h --idempotency-key k", #"{"grace_s":3600,"id":"N","idempotency_key":"k"}"#),
        ("reveal N", #"{"id":"N"}"#),
        ("revoke N --reason lost", #"{"id":"N","reason":"lost"}"#),
        ("restore NFWIevo8", #"{"id":"NFWIevo8"}"#),
        ("explain NFWIevo8", #"{"id":"NFWIevo8"}"#),
        ("explain alice", #"{"user":"alice"}"#),
        ("explain alice@example.org", #"{"user":"alice@example.org"}"#),
        ("explain --user amueller", #"{"user":"amueller"}"#),
        ("explain --source corp --id 5f1", #"{"user":{"id":"5f1","source":"corp"}}"#),
        ("audit", "{}"),
        (
            "audit list --token N --user alice --event token.revoked --by root --limit 5",
            #"{"by":"root","event":"token.revoked","limit":5,"token":"N","user":"alice"}"#
        ),
        ("audit --service ci --all", #"{"after":0,"limit":1000,"user":{"id":"ci","source":"service"}}"#),
        ("audit verify --head 1:00", #"{"head":"1:00"}"#),
        ("key rotate", "{}"),
        ("key status", "{}"),
        ("purge", "{}"),
        ("purge --dry-run --source corp --quiet", #"{"dry_run":true,"source":"corp"}"#),
        ("purge --plan 3f9a", #"{"plan":"3f9a"}"#),
        ("sync", "{}"),
        ("sync --mode full --source corp --dry-run", #"{"dry_run":true,"mode":"full","source":"corp"}"#),
        ("sync --approve 3f9a --quiet", #"{"approve":"3f9a"}"#),
        ("directory status", "{}"),
        ("directory test --source corp", #"{"source":"corp"}"#),
        ("users", "{}"),
        ("users alice", #"{"user":"alice"}"#),
        ("users --source corp --id 5f1", #"{"user":{"id":"5f1","source":"corp"}}"#),
        (
            "users --source corp --state gone --limit 3 --cursor c",
            #"{"cursor":"c","limit":3,"source":"corp","state":"gone"}"#
        ),
        ("events", "{}"),
        ("events --kind user.gone --kind sync.held", #"{"kinds":["user.gone","sync.held"]}"#),
        ("status", "{}"),
        ("whoami", "{}"),
    ]

    @Test(arguments: cases)
    func `arguments become these params, which the daemon understands`(line: String, json: String) throws {
        #expect(try Self.asked(line).json == json)
    }

    @Test(arguments: [
        ("verify", #"{"token":"secret"}"#),
        (
            "verify --audience ci --flag a --flag b --write",
            #"{"audience":"ci","flags":["a","b"],"token":"secret","write":true}"#
        ),
        ("verify --user-code N", #"{"pass_code":"secret","user_code":"N"}"#),
    ])
    func `what verify reads is the secret among its params`(line: String, json: String) throws {
        #expect(try Self.asked(line).json == json)
    }

    @Test func `every method has its subcommand`() throws {
        let lines = [
            "create a", "verify", "list", "show N", "update N --write", "rotate N", "reveal N", "revoke N",
            "restore NFWIevo8", "explain NFWIevo8", "explain a", "purge", "sync", "directory status",
            "directory test", "directory forget a", "users",
            "users a",
            "events", "status", "whoami", "audit list", "audit verify", "key rotate", "key status",
        ]
        let methods = Set(try lines.map { try Self.asked($0).method })
        #expect(methods == Set(Method.allCases).subtracting([.rpcDiscover]))
    }

    /// What a line of arguments asks the daemon.
    private static func asked(_ line: String) throws -> (method: AgentProtocol.Method, json: String) {
        let command = try Tokenagent.parseAsRoot(line.split(separator: " ").map(String.init))
        switch command {
        case let command as CreateCommand:
            return try asked(command.params(for: #require(command.owner.reference)))
        case let command as VerifyCommand: return try asked(command.params(Secret("secret")))
        case let command as ListCommand: return try asked(command.params)
        case let command as ShowCommand: return try asked(command.params)
        case let command as UpdateCommand: return try asked(command.params)
        case let command as RotateCommand: return try asked(command.params)
        case let command as RevealCommand: return try asked(command.params)
        case let command as RevokeCommand: return try asked(command.params)
        case let command as RestoreCommand: return try asked(command.params)
        case let command as ExplainCommand:
            return try command.tokenParams.map { try asked($0) } ?? asked(command.userParams)
        case let command as PurgeCommand: return try asked(command.params)
        case let command as SyncCommand: return try asked(command.params)
        case let command as DirectoryStatusCommand: return try asked(command.params)
        case let command as DirectoryForgetCommand: return try asked(command.params)
        case let command as DirectoryTestCommand: return try asked(command.params)
        case let command as UsersCommand:
            return try command.showParams.map { try asked($0) } ?? asked(command.listParams)
        case let command as EventsCommand: return try asked(command.params)
        case let command as StatusCommand: return try asked(command.params)
        case let command as WhoamiCommand: return try asked(command.params)
        case let command as AuditListCommand: return try asked(command.params)
        case let command as AuditVerifyCommand: return try asked(command.params)
        case let command as KeyRotateCommand: return try asked(command.params)
        case let command as KeyStatusCommand: return try asked(command.params)
        default:
            Issue.record("\(type(of: command)) asks nothing")
            throw CancellationError()
        }
    }

    /// Held against the daemon's own reader.
    private static func asked<P: MethodParams>(
        _ params: P
    ) throws -> (method: AgentProtocol.Method, json: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = try encoder.encode(params)
        let read = try json.withUnsafeBytes { try ParamsDecoder.decode(P.self, from: $0) }
        #expect(read.params == params)
        return (P.method, String(decoding: json, as: UTF8.self))
    }
}
