import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// `params.as` with a directory login and its password.
    @Suite struct PasswordTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess

        init() throws {
            let people = ["alice", "bob"].map { Slapd.person($0, more: ["userPassword: \($0)'s secret"]) }
            slapd = try Slapd(people.joined() + Slapd.crowd(10))
            daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
        }

        private func params(
            _ login: String, _ password: String, _ more: [String: JSONValue] = [:]
        ) -> JSONValue {
            let credentials: JSONValue = ["login": .string(login), "password": .string(password)]
            return .object(more.merging(["as": credentials]) { $1 })
        }

        @Test(arguments: ["alice", "ALICE", "alice@example.org"])
        func `a login or an address with its password is that person`(_ login: String) throws {
            let made = try MadeToken(
                daemon.call("token.create", params(login, "alice's secret", ["owner": "alice"])))
            #expect(made.metadata["owner"]["login"] == "alice")
            #expect(try daemon.call("agent.whoami", params(login, "alice's secret"))["login"] == "alice")
            let others = params(login, "alice's secret", ["owner": "bob", "name": "x"])
            #expect(try daemon.refusal("token.create", others).known == .notPermitted)
        }

        @Test(arguments: [
            ("alice", "bob's secret"), ("nobody", "x"), ("*", "alice's secret"),
            ("alice)(uid=*", "alice's secret"), ("uid=alice,ou=people,dc=example,dc=org", "alice's secret"),
        ])
        func `anything else is bad credentials`(_ login: String, _ password: String) throws {
            let refusal = try daemon.refusal("token.list", params(login, password))
            #expect(refusal.known == .notPermitted)
            #expect(refusal.reason == "bad_credentials")
        }

        @Test func `an empty password is refused before anybody is asked`() throws {
            slapd.stop()
            let refusal = try daemon.refusal("token.list", params("alice", ""))
            #expect([.invalidParams, .notPermitted].contains(refusal.known))
        }

        @Test func `a directory that cannot be asked is not a wrong password`() throws {
            slapd.stop()
            let refusal = try daemon.refusal("token.list", params("alice", "alice's secret"))
            #expect(refusal.known == .directoryUnavailable)
        }

        @Test func `no password stands in the log`() throws {
            _ = try daemon.call("token.list", params("alice", "alice's secret"))
            _ = try daemon.refusal("token.list", params("alice", "a wrong secret"))
            slapd.stop()
            _ = try daemon.refusal("token.list", params("bob", "bob's secret"))
            for secret in ["alice's secret", "a wrong secret", "bob's secret", Slapd.readerPassword] {
                #expect(!(try daemon.log.contains(secret)))
            }
        }
    }
}
