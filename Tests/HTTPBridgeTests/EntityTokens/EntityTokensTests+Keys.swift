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
