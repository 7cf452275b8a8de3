import Foundation
import LDAPDirectory
import Logging
import TokenCore

@testable import RealServers

/// When the tests take place.
let testMoment = Timestamp(seconds: 1_800_000_000)

extension Slapd {
    /// A source over this server, bound as the reader.
    func source(_ url: String? = nil, _ change: (inout LDAPSettings) -> Void = { _ in }) -> LDAPSource {
        var settings = LDAPSettings(
            name: "corp", urls: [url ?? localURL], base: Slapd.people, filter: "(objectClass=inetOrgPerson)")
        settings.bind = .simple(dn: Slapd.readerDN, passwordFile: readerPasswordFile)
        // A test that wants time to be over in time says so.
        settings.timing = .init(
            connect: .seconds(60), request: .seconds(60), deadline: .seconds(300), page: .seconds(60),
            password: .seconds(60))
        change(&settings)
        return LDAPSource(settings, logger: Logger(label: "test"), now: { testMoment })
    }

    /// `count` people, by numbers that are their logins and their ids.
    static func crowd(_ count: Int) -> String {
        (1...count).map { person("p\($0)", uuid: uuid($0)) }.joined()
    }

    /// Beside the people, a branch that is on another server.
    static let referral = """
        dn: ou=elsewhere,\(suffix)
        objectClass: referral
        objectClass: extensibleObject
        ou: elsewhere
        ref: ldap://other.example.org/ou=elsewhere,\(suffix)


        """

    static func uuid(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}

extension DirectorySource {
    /// Where nobody is known yet.
    func authenticate(
        _ login: String, _ password: Password, knownBy former: String? = nil
    ) async throws(DirectoryError) -> PasswordCheck {
        try await authenticate(login, password, knownBy: former, notBehind: Horizon(source: name))
    }
}

/// An LDIF file that lives as long as this does.
final class LDIFFile: Sendable {
    let path: String

    init(_ content: String) throws {
        path = "/tmp/people.\(UUID().uuidString).ldif"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
    }

    deinit { unlink(path) }

    func source(_ change: (inout LDIFSettings) -> Void = { _ in }) -> LDIFSource {
        var settings = LDIFSettings(
            name: "corp", path: path, base: Slapd.people, filter: "(objectClass=inetOrgPerson)")
        change(&settings)
        return LDIFSource(settings, now: { testMoment })
    }
}
