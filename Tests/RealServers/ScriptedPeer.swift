import Foundation
import Glibc

/// An LDAP server of the tests' own, on a port of the loopback, that does what no real one can be made to do:
/// it answers binds and the rootDSE, and everything else by script.
final class ScriptedPeer: Sendable {
    /// One thing to do in answer to a request, in order.
    enum Step: Sendable {
        case entry(dn: [UInt8], [(String, [[UInt8]])], controls: [(String, [UInt8])] = [])
        case reference(String)
        case intermediate(oid: String, [UInt8])
        /// The end of a search, with these controls.
        case result(Int, String = "", controls: [(String, [UInt8])] = [])
        case octets([UInt8])
        /// From here on one octet at a time, so far apart.
        case drip(milliseconds: UInt32)
        /// A TCP reset, as of a firewall or a process that died.
        case reset
        /// In an orderly way.
        case hangUp
    }

    struct Search: Sendable {
        let base: String
        /// The page's cookie; empty for the first, nil if pages were not asked for.
        let cookie: [UInt8]?
        /// The values of its controls.
        let controls: [String: [UInt8]]
        /// Attribute names and values of the filter, without its structure.
        let filterTexts: [String]
    }

    struct Script: Sendable {
        /// Before a word is said.
        var onConnect: [Step] = []
        /// The result code and text for a bind as this name.
        var bind: @Sendable (String) -> (Int, String) = { _ in (0, "") }
        var rootDSE: [(String, [String])] = [
            ("supportedControl", ["1.2.840.113556.1.4.319"]), ("namingContexts", ["dc=example,dc=org"]),
        ]
        /// In place of the rootDSE, where it is not 0.
        var rootDSERefusal: @Sendable () -> Int = { 0 }
        /// The result code for an extended operation, StartTLS that is; nil is silence. After a success it is
        /// silent, too.
        var extended: Int?
        /// Nothing at all is silence.
        var search: @Sendable (Search) -> [Step] = { _ in [.result(0)] }
    }

    let port: UInt16
    private let listening: Int32
    private let connections: PeerConnections

    var url: String { "ldap://127.0.0.1:\(port)" }
    var secureURL: String { "ldaps://127.0.0.1:\(port)" }

    init(_ script: Script) throws {
        let listener = try Listener()
        port = listener.port
        listening = listener.duplicate()
        connections = PeerConnections(script)
        let (listening, connections) = (listening, connections)
        Thread.detachNewThread {
            while true {
                let socket = accept(listening, nil, nil)
                guard socket >= 0 else { break }
                connections.serve(socket)
            }
            // Here and not in `deinit`: the number may be another's the next moment, who is not to be robbed
            // of connections.
            close(listening)
        }
    }

    deinit {
        // Wakes the thread that accepts, which closes it.
        shutdown(listening, Int32(SHUT_RDWR))
        connections.cut()
    }
}
