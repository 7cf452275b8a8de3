import Foundation
import TokenCore

/// A server of the list, as far as its URL decides how it may be talked to.
struct ServerURL: Hashable, Sendable {
    enum Transport: String, Sendable { case ldap, ldaps, ldapi }

    let text: String
    let transport: Transport

    init(_ text: String) throws(DirectoryError) {
        guard let end = text.range(of: "://"),
            let transport = Transport(rawValue: text[..<end.lowerBound].lowercased())
        else {
            throw .misconfigured(
                detail: "\(text) is not a directory's URL: ldap://, ldaps:// or ldapi:// is wanted")
        }
        self.text = text
        self.transport = transport
    }
}

extension LDAPSettings {
    /// Refuses, before anything is sent, what must never be sent to `server`.
    func permit(_ server: ServerURL) throws(DirectoryError) {
        let readable = server.transport == .ldap && !startTLS
        if startTLS && server.transport != .ldap {
            throw .misconfigured(detail: "start_tls is for ldap:// only, not for \(server.text)")
        }
        switch bind {
        case .anonymous: return
        case .simple(let dn, _):
            // RFC 4513 5.1.2: an empty name or password binds as nobody, and succeeds.
            if dn.allSatisfy(\.isWhitespace) {
                throw .misconfigured(detail: "bind_dn is empty: that would bind as nobody, and succeed")
            }
            if readable && !allowCleartext {
                throw .insecure(
                    server: server.text,
                    detail:
                        "the bind password would travel in the clear: set start_tls, use ldaps:// or "
                        + "ldapi://, or set allow_cleartext")
            }
        case .external(let certFile, let keyFile):
            if readable {
                throw .misconfigured(
                    detail: "bind: external needs ldapi://, ldaps:// or start_tls, not \(server.text)")
            }
            if (certFile == nil) != (keyFile == nil) {
                throw .misconfigured(detail: "cert_file and key_file go together")
            }
            if certFile == nil && server.transport != .ldapi {
                throw .misconfigured(detail: "bind: external over TLS needs cert_file and key_file")
            }
        }
    }
}
