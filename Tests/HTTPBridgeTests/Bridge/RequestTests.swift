import AgentProtocol
import Foundation
import HTTPTypes
import Testing

@testable import HTTPBridge

struct RequestTests {
    @Test(
        "A client's port is no part of its address",
        arguments: [
            ("9.9.9.9", "9.9.9.9"), ("9.9.9.9:1000", "9.9.9.9"), ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"), ("[", "["), ("", ""),
        ])
    func tellsClientsApart(text: String, address: String) {
        #expect(BridgeContext.address(text) == address)
    }

    @Test("Paths are split before they are decoded")
    func splitsFirst() {
        #expect(RoutePattern.segments(of: "//a%2Fb//c/") == ["a/b", "c"])
        #expect(RoutePattern.segments(of: "/a%00/b") == [nil, "b"])
        #expect(RoutePattern.segments(of: "/%c3%28/%4") == [nil, nil])
    }

    @Test("A pattern binds its parameters, and its rest is at least one segment")
    func matches() {
        let pattern = RoutePattern("/a/{x}/b")
        #expect(pattern.match(["a", "1", "b"]) == ["x": "1"])
        #expect(pattern.match(["a", "1"]) == nil)
        #expect(pattern.match(["a", "1", "b", "c"]) == nil)
        let rest = RoutePattern("/auth/{path+}")
        #expect(rest.match(["auth"]) == nil)
        #expect(rest.match(["auth", "x", "y"]) == [:])
        #expect(rest.match(["auth", nil]) == [:])
        #expect(pattern.match(["a", nil, "b"]) == nil)
    }

    @Test("A path as it is written is found as one with empty segments or encoded letters is")
    func findsPaths() throws {
        let settings = BridgeSettings(address: .unix(path: "/x")) { WireTime(milliseconds: 0) }
        let table = RouteTable(Bridge.apis(settings, BridgeMetrics()))
        for template in Set(table.routes.map(\.template)) where !template.contains("{") {
            for method in [HTTPRequest.Method.get, .head, .post, .put, .delete] {
                let found = Self.found(table.match(method, template))
                #expect(found != "nothing", "\(method) \(template)")
                #expect(Self.found(table.match(method, "/" + template + "/")) == found)
                let encoded = "/%" + String(template.utf8.dropFirst().first ?? 0, radix: 16)
                #expect(Self.found(table.match(method, encoded + template.dropFirst(2))) == found)
            }
        }
        #expect(Self.found(table.match(.get, "/autha")) == "nothing")
    }

    private static func found(_ match: RouteTable.Match) -> String {
        switch match {
        case .route(let route, _, let parameters):
            "\(route.method?.rawValue ?? "any") \(parameters) \(route.template)"
        case .otherMethods(let methods, let api): "\(methods) of \(api.name)"
        case .nothing: "nothing"
        }
    }

    @Test("Only the check for proxies stays on the event loop")
    func leavesLoops() {
        let settings = BridgeSettings(address: .unix(path: "/x")) { WireTime(milliseconds: 0) }
        let routes = RouteTable(Bridge.apis(settings, BridgeMetrics())).routes
        #expect(Set(routes.filter(\.isBrief).map(\.template)) == ["/auth", "/auth/{path+}"])
    }

    @Test("Blanks around credentials count for nothing, whichever they are")
    func trimsCredentials() throws {
        for header in ["Bearer abc", "bearer   abc \t", "BEARER \u{a0}abc\u{2003}"] {
            guard case .bearer(let token) = try #require(Authorization(header)) else {
                Issue.record("\(header) is no bearer token")
                continue
            }
            #expect(token.exposed == "abc")
        }
        #expect(Authorization("Bearer ") == nil)
        #expect(Authorization("Bearer \u{a0}") == nil)
    }

    @Test("A plus is itself in a query, and a space in a form")
    func readsPluses() {
        #expect(NamedValues(query: "email=a+b%40x")["email"] == "a+b@x")
        #expect(NamedValues(form: "a=b+c")["a"] == "b c")
        #expect(NamedValues(query: "a&b=&=c").all("a") == [""])
        #expect(NamedValues(query: "a=%zz&b=1").isBroken)
    }

    /// One character or two, and a Kelvin sign, which Unicode takes for a K.
    @Test(
        "Two audiences that only look the same are two, which no token is for",
        arguments: [("caf%C3%A9", "cafe%CC%81"), ("K", "%E2%84%AA")])
    func demandsOneAudience(one: String, two: String) throws {
        var question = TokenVerify(token: Secret(""))
        try AuthDemands(NamedValues(query: "audience=\(one)&audience=\(one)")).ask(&question)
        for query in ["audience=\(one)&audience=\(two)", "audience=\(two)&audience=\(one)"] {
            #expect(throws: Problem.self) { try AuthDemands(NamedValues(query: query)).ask(&question) }
        }
    }

    /// The byte of U+2200 in UTF-16 that is a quote in ASCII once hid what is nested behind it.
    @Test(
        "A body is UTF-8, whatever its encoding hides",
        arguments: [String.Encoding.utf16LittleEndian, .utf32])
    func takesNoOtherEncoding(encoding: String.Encoding) throws {
        let text =
            #"{"a":"\#u{2200}","b":"# + String(repeating: "[", count: 500)
            + String(repeating: "]", count: 500) + "}"
        let body = try #require(text.data(using: encoding))
        #expect(throws: JSONObject.Fault.self) { try JSONObject(Array(body)) }
    }

    @Test("A body is not nested deeper than a request of the socket")
    func takesNoDepth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                "{\"a\":\(String(repeating: "[", count: depth))\(String(repeating: "]", count: depth))}".utf8)
        }
        _ = try JSONObject(nested(Limits.jsonDepthMax - 1))
        #expect(throws: JSONObject.Fault.self) { try JSONObject(nested(Limits.jsonDepthMax)) }
    }

    @Test("What is no visible ASCII is encoded before it goes into a header")
    func encodesHeaders() {
        #expect("a b,ü%\r\n".headerSafe == "a%20b%2C%C3%BC%25%0D%0A")
    }

    @Test("The unit of an expiry follows from its size, and the number comes out as it went in")
    func readsExpiries() throws {
        let now = WireTime(milliseconds: 1_600_000_000_500)
        for raw: JSONValue in [1_600_000_000, 1_632_960_000_000, 4_102_444_800, .number(1_600_000_001.25)] {
            let expiry = try #require(try QueryExpiry(raw, at: now))
            var token = TokenMetadata(
                id: "x", owner: Owner(source: "s", id: "i", login: "l", email: nil), audience: "query",
                name: "", write: true, flags: QueryExpiry.flags(["f"], for: expiry), createdAt: now,
                updatedAt: now, expiresAt: expiry.time, lastUsedAt: nil, state: .active, retrievable: true)
            #expect(QueryExpiry.shown(token) == raw)
            token.expiresAt = nil
            #expect(QueryExpiry.shown(token) == 1_600_000_000)
        }
        #expect(try QueryExpiry(.null, at: now) == nil)
        for raw: JSONValue in [1_599_999_999, -1, .number(1e300), .number(-1e300), .integer(.max)] {
            #expect(throws: QueryRefusal.self) { try QueryExpiry(raw, at: now) }
        }
    }
}
