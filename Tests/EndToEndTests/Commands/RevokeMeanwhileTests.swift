import AgentProtocol
import Foundation
import Synchronization
import Testing

@testable import RealServers

extension EndToEnd {
    /// `tokenagent revoke --owner` while others are at it, and beside a daemon that says what it should not.
    @Suite struct RevokeMeanwhileTests {
        /// What is asked of it, and what its lists are, one after the other; the last one again and again.
        private final class Script: Sendable {
            private let lists: Mutex<[[JSONValue]]>
            private let ended = Mutex<[String]>([])
            private let revokesMax: Int

            init(_ lists: [[JSONValue]], revokesMax: Int = .max) {
                self.lists = Mutex(lists)
                self.revokesMax = revokesMax
            }

            /// The tokens that were to be revoked, in order.
            var revoked: [String] { ended.withLock { $0 } }

            func react(_ line: String) -> FakeDaemon.Reaction {
                guard let asked = try? JSONValue(line: line) else { return .hangUp }
                switch asked["method"].text {
                case "agent.whoami":
                    return Self.answer(
                        asked,
                        [
                            "uid": 0, "gid": 0, "pid": 1, "login": "root", "roles": ["admin"], "owner": .null,
                            "token": .null,
                        ])
                case "token.list":
                    let tokens = lists.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
                    return Self.answer(asked, ["tokens": .array(tokens), "next_cursor": .null])
                case "token.revoke":
                    let id = asked["params"]["id"].text ?? ""
                    let count = ended.withLock { ended in
                        ended.append(id)
                        return ended.count
                    }
                    return count > revokesMax
                        ? .hangUp : Self.answer(asked, RevokeMeanwhileTests.token(id, state: "revoked"))
                default: return .hangUp
                }
            }

            private static func answer(_ asked: JSONValue, _ result: JSONValue) -> FakeDaemon.Reaction {
                let answer: JSONValue = ["jsonrpc": "2.0", "id": asked["id"], "result": result]
                return (try? answer.line).map { .answer($0) } ?? .hangUp
            }
        }

        private static func token(
            _ id: String, of owner: String = "backup", state: String = "active"
        ) -> JSONValue {
            let time: JSONValue = "2026-11-22T10:00:00.000Z"
            return [
                "id": .string(id), "audience": "default", "name": "", "write": true, "flags": [],
                "owner": ["source": "service", "id": .string(owner), "login": "", "email": .null],
                "created_at": time, "updated_at": time, "expires_at": .null, "last_used_at": .null,
                "state": .string(state), "retrievable": false,
            ]
        }

        private func revoke(_ script: Script) throws -> CommandRun {
            let daemon = try FakeDaemon(script.react)
            return try CommandRun(["revoke", "--service", "backup", "--yes", "--socket", daemon.path])
        }

        @Test func `what is made while others are revoked is revoked, too`() throws {
            let script = Script([
                [Self.token("aaaaaaaa")], [Self.token("aaaaaaaa", state: "revoked"), Self.token("bbbbbbbb")],
                [],
            ])
            let run = try revoke(script)
            #expect(run.status == 0, "\(run.errors)")
            #expect(script.revoked == ["aaaaaaaa", "bbbbbbbb"])
            #expect(run.output.contains("Revoked 2 tokens of service:backup"))
        }

        @Test func `who makes them faster than they end is told of, and it does not go on for ever`() throws {
            let script = Script([[Self.token("aaaaaaaa")]])
            let run = try revoke(script)
            #expect(run.status == 1)
            #expect(run.errors.contains("made meanwhile, again and again"), "\(run.errors)")
            #expect(script.revoked.count == 4)
        }

        @Test(arguments: ["backup2", "Backup", "backup ", "bäckup"])
        func `another owner's token in the list is passed over`(_ other: String) throws {
            let tokens = [Self.token("aaaaaaaa", of: other), Self.token("bbbbbbbb")]
            let script = Script([tokens, []])
            #expect(try revoke(script).status == 0)
            #expect(script.revoked == ["bbbbbbbb"])
        }

        @Test func `cut short it says how far it came, and that it can go on`() throws {
            let tokens = ["aaaaaaaa", "bbbbbbbb", "cccccccc"].map { Self.token($0) }
            let script = Script([tokens], revokesMax: 2)
            let run = try revoke(script)
            #expect(run.status == 75, "\(run.errors)")
            #expect(
                run.errors.contains("revoked 2 tokens of service:backup, and then stopped"), "\(run.errors)")
            #expect(run.output == "")
        }
    }
}
