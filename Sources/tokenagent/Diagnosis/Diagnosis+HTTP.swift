import Glibc
import HTTPBridge

extension Diagnosis {
    /// Where the daemon's bridge is to listen, and what it keeps. Nothing without one.
    func http(_ user: DaemonUser?) -> [Finding] {
        guard let http = configuration.http else { return [] }
        let settings = http.settings(folder: FileFacts.folder(of: configuration.storage.path))
        // Whoever listens before the first start is a stranger.
        let daemonUser = user.flatMap { $0.hasRun ? $0.uid : nil }
        var findings: [Finding]
        switch settings.address {
        case .unix(let path): findings = [socket(path, daemonUser)]
        case .tcp(let host, let port):
            findings = [self.port(host, port, http.listen, daemonUser)]
            var cautious = settings
            cautious.allowRemote = false
            if cautious.objection != nil {
                findings.append(
                    .doubtful(
                        "http", "\(http.listen) can be reached from elsewhere, without TLS (allow_remote)",
                        "fine where something else keeps others away; else listen at a Unix socket"))
            }
        }
        if http.apis.contains(.iq), let path = settings.iqStatePath { findings.append(stateFile(path)) }
        return findings
    }

    private func port(_ host: String, _ port: Int, _ listen: String, _ daemonUser: UInt32?) -> Finding {
        let code = AddressProbe.objection(host: host, port: port)
        guard code != 0 else { return .fine("http", "\(listen) is free") }
        let owners = ListenerTable.own.owners(of: port)
        if code == EADDRINUSE, let daemonUser, owners.contains(daemonUser) {
            return .fine("http", "the daemon's user listens at \(listen)")
        }
        let who = owners.sorted().map(Self.name).joined(separator: ", ")
        return .wrong(
            "http",
            "\(listen) cannot be had: \(String(cString: strerror(code)))"
                + (who.isEmpty ? "" : "; \(who) listens there"),
            "end what listens there (ss -ltnp), or listen at a Unix socket, which nobody else can take: "
                + "docs/http.md")
    }

    private func socket(_ path: String, _ daemonUser: UInt32?) -> Finding {
        if let objection = Self.objection("http", toFolderOf: path) { return objection }
        let folder = FileFacts.folder(of: path)
        guard FileFacts(folder)?.isWritable == true else {
            return .wrong(
                "http", "\(folder) is not writable", "run this as the daemon's user, or chown \(folder)")
        }
        guard let file = FileFacts(path, followsLink: false) else { return .fine("http", path) }
        guard file.isSocket else {
            return .wrong("http", "\(path) exists, and is no socket", "remove it, or listen elsewhere")
        }
        guard file.owner == daemonUser else {
            return .wrong(
                "http", "\(path) is a socket of \(Self.name(file.owner))",
                "http belongs into one of tokenagent.yaml and bridge.yaml: end the other bridge")
        }
        return .fine("http", path)
    }

    private func stateFile(_ path: String) -> Finding {
        let folder = FileFacts.folder(of: path)
        guard let facts = FileFacts(folder), facts.isFolder else {
            return .wrong("http state", "the folder \(folder) does not exist", "mkdir -m 700 \(folder)")
        }
        guard facts.isWritable, FileFacts(path).map(\.isReadable) ?? true else {
            return .wrong(
                "http state", "\(path) cannot be read and written",
                "run this as the daemon's user, or chown it; without it nobody gets a token of the IQ API")
        }
        return .fine("http state", path)
    }
}
