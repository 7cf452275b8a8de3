import AgentClient
import AgentProtocol
import Foundation
import Testing

@testable import RealServers

extension BridgeSuites.EntityTokensTests {
    @Test("A key is made, listed and revoked by the command line, and is for its entity alone")
    func takesKeysOfTheCommandLine() async throws {
        try await House.open { house in
            func command(_ arguments: String...) async throws -> String {
                let run = try await ChildProcess.run(
                    [DaemonUnderTest.executable] + arguments + ["--socket", house.daemon.socket],
                    log: house.daemon.folder + "/\(arguments.joined(separator: "-")).txt")
                #expect(run.status == 0, "\(run.output)")
                return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let key = try await command("apikey", "create", "--entity", "acme", "--name", "web", "--quiet")
            var headers = try await Self.headers(house, "alice")
            headers["apikey"] = key
            #expect(try await house.http.send("POST", Self.path, headers).status == 201)
            let other = Self.path.replacing("acme", with: "other")
            #expect(try await house.http.send("GET", other, headers).status == 401)

            let id = String(key.split(separator: "_")[1])
            let listed = try await command("apikey", "list", "--entity", "acme")
            #expect(listed.contains(id))
            #expect(!listed.contains(key))
            #expect(try await !command("apikey", "list", "--entity", "other").contains(id))

            _ = try await command("apikey", "revoke", id)
            let refused = try await house.http.send("GET", Self.path, headers)
            #expect(refused.status == 401)
            _ = Self.message(refused)
        }
    }

    @Test("An entity that is spelt another way is another one, and so is a flag")
    func tellsSpellingsApart() async throws {
        try await House.open { house in
            let spellings = [("caf\u{e9}", "caf%C3%A9"), ("cafe\u{301}", "cafe%CC%81")]
            var headers = try await Self.headers(house, "alice")
            var (keys, values): ([String], [String]) = ([], [])
            for (entity, encoded) in spellings {
                let path = Self.path.replacing("acme", with: encoded)
                keys.append(try await house.apiKey(entity))
                headers["apikey"] = keys.last
                #expect(try await house.http.send("GET", path, headers).status == 404)
                #expect(try await house.http.send("POST", path, headers).status == 201)
                let shown = try await house.http.send("GET", path, headers)
                values.append(shown.json?["authenticationToken"]?.text ?? "")
            }
            #expect(Set(values).count == 2)

            let path = Self.path.replacing("acme", with: "caf%C3%A9")
            let token = try await house.token("ada", audience: "acting").token.exposed
            let ada = ["apikey": keys[0], "userid": "ada", "token": token]
            let flags = JSONValue.array(spellings.map { .string($0.0) })
            #expect(try await house.http.send("PATCH", path, ada, json: ["flags": flags]).status == 200)
            let changed = try #require(try await house.live("alice", "entity:caf\u{e9}"))
            #expect(changed.flags.map { Array($0.utf8) } == spellings.map { Array($0.0.utf8) })
        }
    }

    @Test("Changes are made under the other prefix just so")
    func changesUnderTheOtherPrefix() async throws {
        try await House.open { house in
            let ada = try await Self.headers(house, "ada")
            let path = "/api" + Self.path
            #expect(try await house.http.send("POST", path, ada).status == 201)
            #expect(try await house.http.send("PATCH", path, ada, json: ["flags": ["a"]]).status == 200)
            #expect(try await house.live("alice", "entity:acme")?.flags == ["a"])
            let shown = try await house.http.send("GET", Self.path, ada)
            #expect(try await house.http.send("GET", path, ada).body == shown.body)
        }
    }
}
