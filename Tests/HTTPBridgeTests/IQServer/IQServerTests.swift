import AgentClient
import AgentProtocol
import Foundation
import Testing

@testable import RealServers

extension BridgeSuites {
    @Suite(.serialized) struct IQServerTests {
        static let path = "/api/v2/userTokens"
        static let own = path + "/currentUser"

        @Test("A user makes a token with login and password, and sees its secret once")
        func creates() async throws {
            try await House.open { house in
                let answer = try await house.http.send("POST", Self.own, House.basic("alice"))
                #expect(answer.status == 200)
                #expect(answer["Content-Type"] == "application/json")
                #expect(answer["Cache-Control"] == "no-store")
                let made = try #require(answer.json)
                #expect(made.names == ["userCode", "passCode", "username", "realm", "createTime"])
                #expect(made["username"] == "alice")
                #expect(made["realm"] == "corp")
                let (code, pass) = (made["userCode"]?.text ?? "", made["passCode"]?.text ?? "")
                #expect(code.wholeMatch(of: /[A-Za-z0-9]{8}/) != nil)
                #expect(pass.wholeMatch(of: /[A-Za-z0-9]{44}/) != nil)
                let token = try #require(try await house.live("alice", "iq"))
                #expect(token.id == code)
                #expect(!token.retrievable)
                #expect(made["createTime"] == .string(token.createdAt.text))
                // With its codes, the user is who they are.
                let has = try await house.http.send("GET", Self.own + "/hasToken", House.basic(code, pass))
                #expect(has.json == ["userTokenExists": true])
            }
        }

        @Test("The form of another site's page makes no token")
        func refusesForeignForms() async throws {
            try await House.open { house in
                let alice = House.basic("alice")
                let foreign = alice.merging(["Sec-Fetch-Site": "cross-site"]) { $1 }
                #expect(try await house.http.send("POST", Self.own, foreign).status == 403)
                let has = try await house.http.send("GET", Self.own + "/hasToken", foreign)
                #expect(has.json == ["userTokenExists": false])
                let own = alice.merging(["Sec-Fetch-Site": "same-origin"]) { $1 }
                #expect(try await house.http.send("POST", Self.own, own).status == 200)
            }
        }

        @Test("A second token is refused with 409, and the first one stays")
        func keepsTheFirst() async throws {
            try await House.open { house in
                let first = try await house.http.send("POST", Self.own, House.basic("alice"))
                let second = try await house.http.send("POST", Self.own, House.basic("alice"))
                #expect(second.status == 409)
                #expect(second["Content-Type"]?.hasPrefix("text/plain") == true)
                let (code, pass) = (first.json?["userCode"]?.text ?? "", first.json?["passCode"]?.text ?? "")
                let third = try await house.http.send("POST", Self.own, House.basic(code, pass))
                #expect(third.status == 409)
                #expect(try await house.live("alice", "iq")?.id == code)
            }
        }

        @Test("A user deletes their token, once")
        func deletesOnesOwn() async throws {
            try await House.open { house in
                let none = try await house.http.send("DELETE", Self.own, House.basic("alice"))
                #expect(none.status == 404)
                let made = try await house.http.send("POST", Self.own, House.basic("alice")).json
                let codes = House.basic(made?["userCode"]?.text ?? "", made?["passCode"]?.text ?? "")
                let gone = try await house.http.send("DELETE", Self.own, codes)
                #expect(gone.status == 204)
                #expect(gone.body.isEmpty)
                #expect(gone["Content-Length"] == nil)
                #expect(try await house.http.send("GET", Self.own + "/hasToken", codes).status == 401)
                #expect(try await house.http.send("POST", Self.own, House.basic("alice")).status == 200)
            }
        }

        @Test("A user learns whether they have a token, with a cookie, and since when")
        func tellsOfOnesOwn() async throws {
            try await House.open { house in
                let none = try await house.http.send("GET", Self.own + "/hasToken", House.basic("alice"))
                #expect(none.status == 200)
                #expect(none.json == ["userTokenExists": false])
                #expect(none["Set-Cookie"]?.hasPrefix("CLM-CSRF-TOKEN=") == true)
                let time = try await house.http.send("GET", Self.own + "/createTime", House.basic("alice"))
                #expect(time.status == 404)
                _ = try await house.http.send("POST", Self.own, House.basic("alice"))
                let token = try #require(try await house.live("alice", "iq"))
                var headers = House.basic("alice@example.org", "alice secret")
                headers["X-CSRF-TOKEN"] = "x"
                headers["Cookie"] = "CLM-CSRF-TOKEN=x"
                let has = try await house.http.send("GET", Self.own + "/hasToken", headers)
                #expect(has.json == ["userTokenExists": true])
                let created = try await house.http.send("GET", Self.own + "/createTime", headers)
                #expect(created.status == 200)
                #expect(created["Content-Type"] == "application/json")
                #expect(created.body == "\"\(token.createdAt.text)\"")
            }
        }

        @Test("Who is not known, or shows the wrong password, is challenged with 401")
        func challenges() async throws {
            try await House.open { house in
                let callers: [[String: String]] = [
                    [:], House.basic("alice", "wrong"), House.basic("nobody", "x"), House.basic("alice", ""),
                    House.basic("dora"), House.basic("", "x"), ["Authorization": "Basic !"],
                    ["Authorization": "Basic " + "no colon".base64],
                    House.basic("AAAAAAAA", String(repeating: "A", count: 44)),
                    try await house.bearer("ada"),
                ]
                for caller in callers {
                    let answer = try await house.http.send("POST", Self.own, caller)
                    #expect(answer.status == 401, "\(caller)")
                    #expect(answer["Content-Type"]?.hasPrefix("text/plain") == true)
                    #expect(
                        answer["WWW-Authenticate"] == #"Basic realm="tokenagent", charset="UTF-8""#)
                }
            }
        }

        @Test("A try with the token of somebody who is gone deletes that token")
        func deletesObsoleteTokens() async throws {
            try await House.open { house in
                let made = try await house.http.send("POST", Self.own, House.basic("bob")).json
                let codes = House.basic(made?["userCode"]?.text ?? "", made?["passCode"]?.text ?? "")
                try await house.remove("bob")
                let id = made?["userCode"]?.text ?? ""
                #expect(try await house.agent.call(TokenShow(id: id)).state == .obsolete)
                #expect(try await house.http.send("GET", Self.own + "/hasToken", codes).status == 401)
                let state = try await eventually("the purge") {
                    let state = try await house.agent.call(TokenShow(id: id)).state
                    return state == .obsolete ? nil : state
                }
                #expect(state == .purged)
                #expect(try await house.http.send("GET", Self.own + "/hasToken", codes).status == 401)
            }
        }

        @Test("A login of two directories is whoever the password says, and both can have a token")
        func knowsTwoOfOneLogin() async throws {
            let file = "/tmp/bridge-people.\(UUID().uuidString).ldif"
            let people = House.person("alice").replacing("alice secret", with: "other secret")
            try people.write(toFile: file, atomically: true, encoding: .utf8)
            defer { unlink(file) }
            let branch = "  - {name: branch, url: \"file://\(file)\", base: \"\(Slapd.people)\"}"
            try await House.open(.init(directories: branch)) { house in
                let made = try await house.http.send("POST", Self.own, House.basic("alice"))
                #expect(made.status == 200)
                #expect(made.json?["realm"] == "corp")
                let has = try await house.http.send("GET", Self.own + "/hasToken", House.basic("alice"))
                #expect(has.json == ["userTokenExists": true])
                for (realm, status) in [("corp", 200), ("branch", 404)] {
                    let shown = try await house.http.send(
                        "GET", Self.path + "/alice?realm=\(realm)", House.basic("ada"))
                    #expect(shown.status == status, "\(realm)")
                }
            }
        }

        @Test("Whom no reading has seen yet is nobody else of their login, and a user like any other")
        func knowsNewcomers() async throws {
            let file = "/tmp/bridge-people.\(UUID().uuidString).ldif"
            let branch = "  - {name: branch, url: \"file://\(file)\", base: \"\(Slapd.people)\"}"
            let known = House.person("erin").replacing("erin secret", with: "other secret")
            try known.write(toFile: file, atomically: true, encoding: .utf8)
            defer { unlink(file) }
            try await House.open(.init(directories: branch)) { house in
                for login in ["erin", "fay"] { try house.slapd.add(House.person(login)) }
                for login in ["erin", "fay"] {
                    let newcomer = House.basic(login)
                    let has = try await house.http.send("GET", Self.own + "/hasToken", newcomer)
                    #expect(has.status == 200, "\(login)")
                    #expect(has.json == ["userTokenExists": false])
                    let made = try await house.http.send("POST", Self.own, newcomer)
                    #expect(made.status == 200, "\(login)")
                    #expect(made.json?["realm"] == "corp", "\(login)")
                    #expect(try await house.http.send("DELETE", Self.own, newcomer).status == 204)
                }
            }
        }

        @Test(
            "A file of settings that somebody has spoilt is 503, and nobody's end",
            arguments: [
                #"{"userTokenDefaultExpirationDays":9000000000000000000}"#,
                #"{"userTokenDefaultExpirationDays":0}"#, "{",
            ])
        func survivesSpoiltSettings(text: String) async throws {
            try await House.open { house in
                let file = house.daemon.folder + "/iq.json"
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                #expect(try await house.http.send("POST", Self.own, House.basic("alice")).status == 503)
                #expect(try await house.http.send("GET", "/healthz").status == 200)
            }
        }

        @Test("An unreachable directory is 503, and never a wrong password")
        func tellsOutagesFromWrongPasswords() async throws {
            try await House.open { house in
                let made = try await house.http.send("POST", Self.own, House.basic("alice")).json
                house.stopDirectory()
                let answer = try await house.http.send("GET", Self.own + "/hasToken", House.basic("alice"))
                #expect(answer.status == 503)
                // Codes are judged from memory.
                let codes = House.basic(made?["userCode"]?.text ?? "", made?["passCode"]?.text ?? "")
                #expect(try await house.http.send("GET", Self.own + "/hasToken", codes).status == 200)
            }
        }
    }
}
