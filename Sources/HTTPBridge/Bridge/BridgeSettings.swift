package import AgentProtocol
internal import Foundation

/// What the configuration decides of the bridge.
package struct BridgeSettings: Sendable {
    package enum API: String, CaseIterable, Hashable, Sendable {
        case query
        case iq
        case entity
        case standard
    }

    package enum Address: Hashable, Sendable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    package var address: Address
    package var apis: Set<API>
    /// TLS is the reverse proxy's: to listen where others can reach it has to be meant.
    package var allowRemote = false
    /// Where the IQ API keeps what an administrator sets through it. nil: nothing can be set.
    package var iqStatePath: String?
    /// What `WWW-Authenticate` names.
    package var realm = "tokenagent"
    package var version = ""
    /// The one place that asks the clock.
    package var clock: @Sendable () -> WireTime
    package var timeouts = BridgeTimeouts()

    package init(
        address: Address, apis: Set<API> = Set(API.allCases), clock: @escaping @Sendable () -> WireTime
    ) {
        self.address = address
        self.apis = apis
        self.clock = clock
    }
}

extension BridgeSettings {
    /// Why the bridge may not be started so; nil when it may.
    package var objection: String? {
        guard case .tcp(let host, _) = address, !allowRemote, !Self.isLoopback(host) else { return nil }
        return "\(host) can be reached from elsewhere, and the bridge has no TLS:"
            + " listen on 127.0.0.1 or a Unix socket behind a proxy, or say allow_remote: true"
    }

    static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "::1" || host == "[::1]" { return true }
        // As a socket for both families shows it (RFC 4291 section 2.5.5.2).
        let address = host.hasPrefix("::ffff:") ? host.dropFirst("::ffff:".count) : host[...]
        let octets = address.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}
