import Foundation
import LDAPDirectory
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// Passwords checked against a server and against a file, which have to agree.
@Suite("a password", .serialized)
struct PasswordTests {
    private static let right = Password("correct horse")

    static let ldif =
        Slapd.person("ann", uuid: Slapd.uuid(1), more: ["userPassword: correct horse"])
        + Slapd.person("bob", uuid: Slapd.uuid(2), more: ["mail: shared@example.org", "userPassword: bob"])
        + Slapd.person("eve", uuid: Slapd.uuid(3), more: ["mail: shared@example.org", "userPassword: bob"])
        + Slapd.person("nil", uuid: Slapd.uuid(4))
        + Slapd.person(
            "off", uuid: Slapd.uuid(5), classes: ["shadowAccount"],
            more: ["shadowExpire: 1", "userPassword: correct horse"])
            + """
            dn: cn=\(DNEscaping.value(#"( ) * \ , # " +"#)),\(Slapd.people)
            objectClass: inetOrgPerson
            uid: odd(*)
            cn: ( ) * \\ , # " +
            sn: odd
            entryUUID: \(Slapd.uuid(6))
            userPassword: correct horse


            """

    struct Subject: Sendable {
        let source: any DirectorySource
        private let owner: any Sendable

        init(_ kind: DirectoryContractTests.Kind, _ ldif: String = ldif) async throws {
            switch kind {
            case .server:
                let slapd = try await Slapd.started(ldif)
                (source, owner) = (slapd.source { $0.timing.password = .seconds(60) }, slapd)
            case .file:
                let file = try LDIFFile(Slapd.skeleton + ldif)
                (source, owner) = (file.source(), file)
            }
        }
    }

    @Test(
        "lets nobody in by another id attribute than people are known by",
        arguments: DirectoryContractTests.Kind.allCases)
    func byAnotherAttribute(_ kind: DirectoryContractTests.Kind) async throws {
        let subject = try await Subject(kind)
        for (login, password) in [("ann", Self.right), ("ann", Password("x")), ("nobody", Password("x"))] {
            let error = await failure { () async throws(DirectoryError) in
                try await subject.source.authenticate(login, password, knownBy: "employeeNumber")
            }
            guard case .incomplete(_, let reason)? = error else {
                Issue.record("\(login): \(String(describing: error))")
                continue
            }
            #expect(reason.contains("people are known by employeeNumber"))
        }
        guard case .right = try await subject.source.authenticate("ann", Self.right, knownBy: "ENTRYUUID")
        else {
            Issue.record("it is the same attribute")
            return
        }
    }

    @Test("is right for its owner, by login or e-mail", arguments: DirectoryContractTests.Kind.allCases)
    func right(_ kind: DirectoryContractTests.Kind) async throws {
        let subject = try await Subject(kind)
        for login in ["ann", "ANN", "ann@example.org", "Ann@Example.ORG"] {
            guard case .right(let person) = try await subject.source.authenticate(login, Self.right) else {
                Issue.record("\(login) was refused")
                continue
            }
            #expect(person.id == OwnerID(source: "corp", id: Slapd.uuid(1)))
            #expect(person.disabled == nil)
        }
        guard case .right(let odd) = try await subject.source.authenticate("odd(*)", Self.right) else {
            Issue.record("an odd name was refused")
            return
        }
        #expect(odd.id.id == Slapd.uuid(6))
    }

    @Test(
        "is that of the login's owner, not of who has it for an e-mail address",
        arguments: DirectoryContractTests.Kind.allCases)
    func addressOfAnother(_ kind: DirectoryContractTests.Kind) async throws {
        let mal = Slapd.person("mal", uuid: Slapd.uuid(7), more: ["userPassword: mal"])
            .replacing("mail: mal@example.org", with: "mail: ann")
        let subject = try await Subject(kind, mal + Self.ldif)
        #expect(try await subject.source.authenticate("ann", Password("mal")) == .wrong)
        guard case .right(let person) = try await subject.source.authenticate("ann", Self.right) else {
            Issue.record("ann was refused")
            return
        }
        #expect(person.login == "ann")
    }

    @Test("is wrong if it is another's, empty or huge", arguments: DirectoryContractTests.Kind.allCases)
    func wrong(_ kind: DirectoryContractTests.Kind) async throws {
        let subject = try await Subject(kind)
        let passwords = [
            "bob", "", "correct horse ", "Correct horse", "correct horse\0", "\0",
            String(repeating: "x", count: 10_000), String(repeating: "x", count: 4096),
        ]
        for password in passwords {
            #expect(try await subject.source.authenticate("ann", Password(password)) == .wrong)
        }
        #expect(try await subject.source.authenticate("nil", Self.right) == .wrong)
        #expect(try await subject.source.authenticate("nil", Password("")) == .wrong)
    }

    /// Each spelling would be another login to whoever slows guesses.
    @Test("is nobody's if the login is spelt oddly", arguments: DirectoryContractTests.Kind.allCases)
    func spelling(_ kind: DirectoryContractTests.Kind) async throws {
        let kim = Slapd.person(
            "kim", uuid: Slapd.uuid(7),
            more: ["uid: Kim Lee", "mail: k@example.org", "userPassword: correct horse"])
        let subject = try await Subject(kind, kim)
        for login in ["kim", "KIM LEE", "kim@example.org", "K@Example.org"] {
            guard case .right = try await subject.source.authenticate(login, Self.right) else {
                Issue.record("\(login) was refused")
                continue
            }
        }
        let logins = [
            " kim", "kim ", "  kim  ", "kim  lee", "ｋｉｍ", "k\u{ad}im", "kim\u{200b}", " k@example.org",
        ]
        for login in logins {
            #expect(try await subject.source.authenticate(login, Self.right) == .unknownLogin, "\(login)")
        }
    }

    @Test("of a disabled person is right, and the person is disabled", arguments: [true, false])
    func disabled(_ isFile: Bool) async throws {
        let subject = try await Subject(isFile ? .file : .server)
        guard case .right(let person) = try await subject.source.authenticate("off", Self.right) else {
            Issue.record("it was refused")
            return
        }
        #expect(person.disabled == "shadowExpire")
    }

    @Test(
        "is nobody's if the login is hostile, or means several",
        arguments: DirectoryContractTests.Kind.allCases)
    func hostile(_ kind: DirectoryContractTests.Kind) async throws {
        let subject = try await Subject(kind)
        let logins = [
            "", " ", "*", "a*", "ann)(uid=*", ")(uid=*", "ann)(|(uid=*", "ann))(|(uid=*", "\0", "ann\0",
            "ann\\00",
            "\\61nn", "(", ")", "\\", "\\2a", "uid=ann,\(Slapd.people)", "cn=root,dc=example,dc=org",
            String(repeating: "a", count: 10_000), String(repeating: "*", count: 1000), "shared@example.org",
            "nobody",
            "\u{202e}nna", "reader",
        ]
        for login in logins {
            #expect(
                try await subject.source.authenticate(login, Self.right) == .unknownLogin,
                "\(login.prefix(40))")
            #expect(try await subject.source.authenticate(login, Password("bob")) == .unknownLogin)
        }
        // Empty passwords are refused for everybody alike.
        #expect(try await subject.source.authenticate("*", Password("")) == .wrong)
    }

    @Test("may be hashed in any common way", arguments: DirectoryContractTests.Kind.allCases)
    func hashed(_ kind: DirectoryContractTests.Kind) async throws {
        // slapd knows the longer hashes only with a module of its own.
        let hashes = Self.common + (kind == .file ? Self.filesOnly : [])
        let people = hashes.enumerated().map {
            Slapd.person(
                "h\($0.offset)", uuid: Slapd.uuid(100 + $0.offset), more: ["userPassword: \($0.element)"])
        }
        let subject = try await Subject(kind, people.joined())
        for (index, hash) in hashes.enumerated() {
            guard case .right = try await subject.source.authenticate("h\(index)", Self.right) else {
                Issue.record("\(hash)")
                continue
            }
            #expect(try await subject.source.authenticate("h\(index)", Password("correct hors")) == .wrong)
        }
    }

    @Test("that cannot be compared with is no wrong one")
    func unknownScheme() async throws {
        let values = ["{ARGON2}$argon2id$v=19$x", "{SASL}ann@EXAMPLE.ORG", "{CRYPT}$99$x$y", "{SSHA}???"]
        for value in values {
            let file = try LDIFFile(
                Slapd.person("ann", uuid: Slapd.uuid(1), more: ["userPassword: \(value)"]))
            let error = await failure { () async throws(DirectoryError) in
                try await file.source().authenticate("ann", Self.right)
            }
            guard case .misconfigured(let detail) = error else {
                Issue.record("\(value): \(String(describing: error))")
                continue
            }
            #expect(!detail.contains("argon2id"))
        }
        let locked = try LDIFFile(
            Slapd.person(
                "ann", uuid: Slapd.uuid(1),
                more: ["userPassword: {CRYPT}!$1$salt$x", "userPassword: {SSHA}QQ=="]))
        #expect(try await locked.source().authenticate("ann", Self.right) == .wrong)
    }

    @Test("is never shown")
    func hidden() {
        let password = Password("correct horse")
        var dumped = ""
        dump(password, to: &dumped)
        for shown in ["\(password)", String(reflecting: password), dumped] {
            #expect(!shown.contains("horse"))
        }
        #expect(password.matches(Array("correct horse".utf8)))
        #expect(!password.matches(Array("correct horsf".utf8)))
        #expect(!password.matches([]))
        #expect(!Password("").matches([1]))
        #expect(Password("").matches([]))
    }
}

extension PasswordTests {
    /// `correct horse`, from slappasswd(8) and crypt(3).
    private static let common = [
        "correct horse", "{SSHA}awc/Cj0kafyFd5d8fGn07xoHBJJzYWx0c2FsdA==",
        "{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=",
        "{SMD5}Z/zaJ2M7Khrn3AWg16utq3NhbHRzYWx0",
        "{CRYPT}$6$saltstring$.r0X7ub5wGR2v4Xz7svCIozfnlorFh19V89t8KC9"
            + "Umd81uGhFgsyTRNyzQDXDIm17fFcR9z3z7oBNdsyYBbtm/",
        "{CRYPT}$y$j9T$F5Jx5fExrKuPp53xLKQ..1$zwtVrjrUCmXcyLTs6oxLTQlzifSUkF8RHJ./tK5KU79",
    ]
    private static let filesOnly = [
        "{SSHA256}YflVcOMs6k7tbGkQbQNVn6/ehAnUAVltiLPKHBWGi2tzYWx0c2FsdA==",
        "{SSHA384}rPNf5wu9raqOYyrDpEXtTWzU9J8yYxdna88Zv3VPM7t8wAY2Wum1UGOWoZRj523lc2FsdHNhbHQ=",
        "{SSHA512}50rsRNBf8j3I5xE+QwaHdFyMhOzITssZ8BB3UxwQ+SI1JKygYm6Z"
            + "eRYTDuUyFZIIqDonoTuXwB0Z/MAPhgQCFHNhbHRzYWx0",
        "{crypt}$1$salt$uXdHrfCd.CnHQasvSgrAO0",
        "{CRYPT}$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    ]
}
