import Foundation
import Glibc
import Synchronization

/// The connections of a scripted peer, each with a thread of its own.
final class PeerConnections: Sendable {
    private let script: ScriptedPeer.Script
    private let open = Mutex<Set<Int32>>([])

    init(_ script: ScriptedPeer.Script) { self.script = script }

    func serve(_ socket: Int32) {
        open.withLock { _ = $0.insert(socket) }
        Thread.detachNewThread { [self] in
            PeerConnection(socket, script).run()
            open.withLock {
                if $0.remove(socket) != nil { close(socket) }
            }
        }
    }

    func cut() { open.withLock { $0.forEach { _ = shutdown($0, Int32(SHUT_RDWR)) } } }
}

/// One connection: reads requests, and does what the script says.
private struct PeerConnection {
    private let socket: Int32
    private let script: ScriptedPeer.Script
    private var received: [UInt8] = []
    private var pause: UInt32 = 0
    private var isOver = false

    init(_ socket: Int32, _ script: ScriptedPeer.Script) {
        self.socket = socket
        self.script = script
    }

    consuming func run() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        perform(script.onConnect, id: 0)
        while !isOver, let request = next() { answer(request) }
    }

    /// One whole message; nil at the end.
    private mutating func next() -> PeerWire? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            var reader = PeerWire(received)
            if let message = reader.next() {
                received = Array(reader.remainder)
                return PeerWire(message.content)
            }
            let got = read(socket, &chunk, chunk.count)
            guard got > 0 else { return nil }
            received += chunk[..<got]
        }
    }

    private mutating func answer(_ request: PeerWire) {
        var request = request
        guard let number = request.next(), let operation = request.next() else { return isOver = true }
        let id = number.content.reduce(0) { $0 << 8 | Int($1) }
        let controls = request.next().map { PeerWire.controls($0.content) } ?? [:]
        switch operation.tag {
        case 0x60:
            var parts = PeerWire(operation.content)
            _ = parts.next()
            let name = parts.next().map { String(decoding: $0.content, as: UTF8.self) } ?? ""
            let (code, text) = script.bind(name)
            send(PeerWire.message(id, PeerWire.result(0x61, code, text)))
        case 0x63: perform(steps(operation.content, controls), id: id)
        case 0x77: if let code = script.extended { extend(id, code) }
        case 0x42: isOver = true
        default: return
        }
    }

    private mutating func extend(_ id: Int, _ code: Int) {
        send(PeerWire.message(id, PeerWire.result(0x78, code, "")))
        guard code == 0 else { return }
        var chunk = [UInt8](repeating: 0, count: 4096)
        while read(socket, &chunk, chunk.count) > 0 {}
        isOver = true
    }

    private func steps(
        _ content: ArraySlice<UInt8>, _ controls: [String: [UInt8]]
    ) -> [ScriptedPeer.Step] {
        var parts = PeerWire(content)
        let base = parts.next().map { String(decoding: $0.content, as: UTF8.self) } ?? ""
        let scope = parts.next()?.content.last
        for _ in 0..<4 { _ = parts.next() }
        let texts = parts.next().map { PeerWire.texts($0.tag, $0.content) } ?? []
        if base.isEmpty && scope == 0 {
            let refusal = script.rootDSERefusal()
            if refusal != 0 { return [.result(refusal)] }
            let values = script.rootDSE.map { ($0.0, $0.1.map { Array($0.utf8) }) }
            return [.entry(dn: [], values), .result(0)]
        }
        return script.search(
            .init(base: base, cookie: cookie(controls), controls: controls, filterTexts: texts))
    }

    private func cookie(_ controls: [String: [UInt8]]) -> [UInt8]? {
        guard let value = controls[PeerWire.pagedResults] else { return nil }
        var whole = PeerWire(value)
        guard let content = whole.next()?.content else { return nil }
        var parts = PeerWire(content)
        _ = parts.next()
        return parts.next().map { Array($0.content) }
    }

    private mutating func perform(_ steps: [ScriptedPeer.Step], id: Int) {
        for step in steps where !isOver {
            switch step {
            case .entry(let dn, let attributes, let controls):
                send(PeerWire.message(id, PeerWire.entry(dn, attributes), controls))
            case .reference(let url):
                send(PeerWire.message(id, PeerWire.element(0x73, PeerWire.octets(url.utf8))))
            case .intermediate(let oid, let value):
                let content = PeerWire.element(0x80, Array(oid.utf8)) + PeerWire.element(0x81, value)
                send(PeerWire.message(id, PeerWire.element(0x79, content)))
            case .result(let code, let text, let controls):
                send(PeerWire.message(id, PeerWire.result(0x65, code, text), controls))
            case .octets(let octets): send(octets)
            case .drip(let milliseconds): pause = milliseconds
            case .reset: reset()
            case .hangUp:
                shutdown(socket, Int32(SHUT_RDWR))
                isOver = true
            }
        }
    }

    /// Closing with no time to linger sends a reset (socket(7)); the descriptor stays taken until `run` ends.
    private mutating func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        isOver = true
    }

    private mutating func send(_ octets: [UInt8]) {
        let size = pause > 0 ? 1 : octets.count
        var rest = octets[...]
        while !rest.isEmpty && !isOver {
            let count = rest.prefix(size).withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
            guard count > 0 else { return isOver = true }
            rest = rest.dropFirst(count)
            if pause > 0 { usleep(pause * 1000) }
        }
    }
}
