import TokenCore

/// OpenLDAP's cookie, `rid=000,csn=A;B`, with one change sequence number for each server that takes writes
/// (slapd's ldapsync.c; draft-chu-ldap-csn).
///
/// It is looked into because slapd takes one that it cannot read for none at all: it then sends everybody as
/// added, and says of nobody that they are gone.
struct OpenLDAPCookie: Hashable, Sendable {
    /// By server id. The texts are all of one form, so that they compare as what they mean.
    let states: [String: String]

    init?(_ octets: [UInt8]) {
        guard let text = String(validating: octets, as: UTF8.self) else { return nil }
        let parts = text.split(separator: ",")
        guard let list = parts.first(where: { $0.hasPrefix("csn=") })?.dropFirst("csn=".count) else {
            return nil
        }
        self.init(states: list.split(separator: ";").map(String.init))
    }

    /// From the values of contextCSN.
    init?(states list: [String]) {
        var states: [String: String] = [:]
        for csn in list {
            guard let server = Self.server(of: csn) else { return nil }
            states[server] = csn
        }
        guard !states.isEmpty else { return nil }
        self.states = states
    }

    var progress: ServerProgress { ServerProgress(states: states) }

    var octets: [UInt8] {
        let list = states.sorted { $0.key < $1.key }.map(\.value).joined(separator: ";")
        return Array("rid=000,csn=\(list)".utf8)
    }

    /// Why a server whose state is `current` cannot go on from here; nil if it can.
    ///
    /// One that was set back and has been written to since looks as if it could: only a full reading finds
    /// that.
    func surprise(at current: OpenLDAPCookie) -> String? {
        for (server, csn) in states {
            guard let now = current.states[server] else {
                return "the cookie knows the provider \(server), which the server does not"
            }
            guard csn <= now else { return "the cookie is newer than the server, which was set back" }
        }
        return nil
    }

    /// `YYYYmmddHHMMSS.ffffffZ#count#sid#mod`.
    private static func server(of csn: String) -> String? {
        let form = "00000000000000.000000Z#xxxxxx#xxx#xxxxxx"
        guard csn.utf8.count == form.utf8.count else { return nil }
        for (character, wanted) in zip(csn, form) {
            let fits =
                switch wanted {
                case "0": character.isASCII && character.isNumber
                case "x": character.isASCII && character.isHexDigit
                default: character == wanted
                }
            guard fits else { return nil }
        }
        return String(csn.split(separator: "#")[2])
    }
}
