import AgentClient
import AgentProtocol
import Foundation
import Testing

@testable import RealServers

extension BridgeSuites {
    @Suite(.serialized, .enabled(if: Nginx.isInstalled)) struct NginxTests {
        @Test("The shipped example lets a live token in, and keeps a revoked one out within a second")
        func checks() async throws {
            try await House.open { house in
                let nginx = try await Nginx(house)
                defer { nginx.stop() }
                let token = try await house.token("alice", audience: "web", flags: ["a"])
                let bearer = ["Authorization": "Bearer \(token.token.exposed)"]
                let claims = bearer.merging(["X-Auth-User": "root", "X-Auth-Flags": "all"]) { $1 }
                let passed = try await nginx.http.send("GET", "/some/page?x=1", claims)
                #expect(passed.status == 200)
                #expect(passed.body == "user=alice flags=a id=\(token.metadata.id) authorization=")
                #expect(try await nginx.http.send("POST", "/form", bearer, body: "x=1").status == 200)

                let none = try await nginx.http.send("GET", "/some/page")
                #expect(none.status == 401)
                #expect(none["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
                let other = try await house.bearer("alice")
                #expect(try await nginx.http.send("GET", "/some/page", other).status == 403)

                _ = try await house.agent.call(TokenRevoke(id: token.metadata.id))
                #expect(try await nginx.http.send("GET", "/some/page", bearer).status == 401)
            }
        }

        @Test(
            "The token APIs are reached through the example, encoded paths included, and the others are not")
        func forwards() async throws {
            try await House.open { house in
                let nginx = try await Nginx(house)
                defer { nginx.stop() }
                let path = "/api/v2/userTokens"
                let made = try await nginx.http.send("POST", path + "/currentUser", House.basic("alice"))
                #expect(made.status == 200)
                let shown = try await nginx.http.send("GET", path + "/al%69ce", House.basic("ada"))
                #expect(shown.json?["username"] == "alice")
                let odd = try await nginx.http.send("GET", path + "/a%2Fb", House.basic("ada"))
                #expect(odd.status == 404)
                #expect(odd.body.contains("of that user"))
                let admin = try await house.bearer("ada")
                #expect(try await nginx.http.send("GET", "/_/user/token", admin).status == 200)
                #expect(
                    try await nginx.http.send("GET", "/_/user-token/value?email=x@y", admin).status == 200)
                let entity = try await nginx.http.send("GET", "/entities/a/users/b/authentication-token")
                #expect(entity.status == 400)
                for path in ["/metrics", "/introspect", "/auth", "/_tokenagent_check"] {
                    let answer = try await nginx.http.send("GET", path)
                    #expect([401, 404].contains(answer.status), "\(path)")
                    #expect(!answer.body.contains("tokenagent_"))
                }
            }
        }
    }
}

/// nginx with the shipped example, its addresses changed, before the bridge and a small application.
struct Nginx: Sendable {
    static let executable = "/usr/sbin/nginx"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: executable) }

    let http: HTTPClient
    private let process: ChildProcess

    init(_ house: House) async throws {
        let folder = house.daemon.folder + "/nginx"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (port, application) = try Self.freePorts()
        let example = try Checkout.text("etc/nginx/tokenagent.conf")
            .replacing(
                "unix:/run/tokenagent-http/http.sock", with: "127.0.0.1:\(house.http.port)"
            )
            .replacing("127.0.0.1:3000", with: "127.0.0.1:\(application)")
            .replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)")
        try Self.configuration(folder, example, application: application)
            .write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
        process = try ChildProcess(
            .init(
                command: [Self.executable, "-p", folder, "-c", folder + "/nginx.conf"],
                output: folder + "/log", errors: folder + "/log"))
        http = HTTPClient(port: Int(port))
        let client = http
        let log = folder + "/log"
        try await eventually("nginx: \(log)") {
            do { return try await client.send("GET", "/").status == 401 ? () : nil } catch { return nil }
        }
    }

    func stop() {
        process.end()
    }

    /// Both held at once, so that they are two, and let go of.
    private static func freePorts() throws -> (UInt16, UInt16) {
        let (one, other) = (try Listener(), try Listener())
        return (one.port, other.port)
    }

    private static func configuration(_ folder: String, _ example: String, application: UInt16) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: "\n")
        return """
            daemon off;
            master_process off;
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            events {}
            http {
            access_log \(folder)/access.log;
            \(temporary)
            \(example)
            server {
                listen 127.0.0.1:\(application);
                location / {
                    default_type text/plain;
                    return 200 "user=$http_x_auth_user flags=$http_x_auth_flags \
            id=$http_x_auth_token_id authorization=$http_authorization";
                }
            }
            }

            """
    }
}
