import AgentCore
import Dispatch
import Foundation
import Logging
import NIOCore
import Synchronization
import TokenCore
import TokenStorage

@testable import AgentProtocol
@testable import AgentServer

/// The dispatcher over a real agent and store: each line with an id gets one line of JSON, and nothing is
/// an internal error.
final class DispatcherFuzz: Sendable {
    static let shared = DispatcherFuzz()

    private let dispatcher: Dispatcher
    private let peer = Peer(uid: 0, gid: 0, pid: 1)
    /// What stands for a token in an input, for its checksum is beyond any fuzzer, and the token itself.
    private let tokens: [(name: [UInt8], token: [UInt8])]

    /// In memory where there is such a folder; a fuzzer's tokens need not outlive it.
    private init() {
        let shm = "/dev/shm"
        let parent = FileManager.default.fileExists(atPath: shm) ? shm : NSTemporaryDirectory()
        let folder = parent + "/tokenagent-fuzz-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let store = try TokenStore(path: folder + "/tokens.sqlite")
            // The files stay open without their names, and go with the process.
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let everything = Access(rules: [Access.Rule(role: .admin, everyone: true)])
            let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
            guard let key = SealingKey(bytes: Array(repeating: 1, count: 32)) else {
                preconditionFailure("a key of the wrong length")
            }
            let agent = try Agent(
                store: store, key: key, directories: [], settings: AgentSettings(access: everything),
                logger: logger, rendering: .wire, clock: { Timestamp(milliseconds: 1_790_000_000_000) })
            dispatcher = Dispatcher(
                agent: agent, version: "fuzz", logger: logger, users: LocalUsers(),
                connections: ConnectionCount(max: 1, perUIDMax: 1), paces: CallerPaces(),
                surroundings: Surroundings())
            tokens = Self.tokens(of: dispatcher, peer)
        } catch {
            preconditionFailure("the fuzzer's own agent does not start: \(error)")
        }
    }

    /// One good for everything, one for little, and one that is revoked.
    private static func tokens(of dispatcher: Dispatcher, _ peer: Peer) -> [(name: [UInt8], token: [UInt8])] {
        ["", #","audience":"web","flags":["a"]"#, ""].enumerated().map { index, terms in
            let create =
                #"{"jsonrpc":"2.0","id":1,"method":"token.create","params":{"owner":{"source":"service","#
                + #""id":"\#(index)"}\#(terms)}}"#
            let created = answer(Array(create.utf8), by: dispatcher, peer)
            let json = try? JSONSerialization.jsonObject(with: Data(created)) as? [String: Any]
            guard let result = json?["result"] as? [String: Any], let token = result["token"] as? String,
                let id = (result["metadata"] as? [String: Any] ?? result)["id"] as? String
            else { preconditionFailure("no token: \(String(decoding: created, as: UTF8.self))") }
            if index == 2 {
                let revoke =
                    #"{"jsonrpc":"2.0","id":1,"method":"token.revoke","params":{"id":"\#(id)","reason":"r"}}"#
                _ = answer(Array(revoke.utf8), by: dispatcher, peer)
            }
            return (Array("tka_\(index)".utf8), Array(token.utf8))
        }
    }

    func run(_ input: [UInt8]) {
        var input = input
        for (name, token) in tokens { input.replace(name, with: token) }
        VerifyFuzz.run(input, dispatcher, peer)
        for line in input.split(separator: UInt8(ascii: "\n")) { take(Array(line)) }
    }

    /// By the long way: nothing for a notification.
    static func answer(_ line: [UInt8], by dispatcher: Dispatcher, _ peer: Peer) -> [UInt8] {
        let answer = Mutex<[UInt8]>([])
        let done = DispatchSemaphore(value: 0)
        let work = line.withUnsafeBytes { Self.work(for: $0, peer) }
        Task {
            let bytes = await work(dispatcher)
            answer.withLock { $0 = bytes }
            done.signal()
        }
        done.wait()
        return answer.withLock { $0 }
    }

    private func take(_ line: [UInt8]) {
        let bytes = Self.answer(line, by: dispatcher, peer)
        guard !bytes.isEmpty else { return }
        demand(bytes.last == UInt8(ascii: "\n"), "an answer without its end")
        demand(bytes.dropLast().allSatisfy { $0 >= 0x20 }, "an answer of several lines")
        guard let json = try? JSONSerialization.jsonObject(with: Data(bytes)) else {
            return demand(hasHugeNumber(bytes), "an answer that is no JSON")
        }
        for case let one as [String: Any] in json as? [Any] ?? [json] { check(one) }
    }

    private static func work(
        for line: UnsafeRawBufferPointer, _ peer: Peer
    ) -> @Sendable (Dispatcher) async -> [UInt8] {
        let scanned = RequestScanner.scan(line)
        switch scanned {
        case .single(let frame):
            let call = Call(frame, in: line, peer: peer, subscribing: nil)
            return { dispatcher in
                var buffer = ByteBuffer()
                _ = await dispatcher.answer(call, ending: .line, into: &buffer)
                return Array(buffer.readableBytesView)
            }
        case .batch(let entries):
            let calls = entries.map { entry in
                switch entry {
                case .request(let frame):
                    Batch.Entry.call(Call(frame, in: line, peer: peer, subscribing: nil))
                case .failure(let error): Batch.Entry.failure(error)
                }
            }
            return { dispatcher in
                Array(await Batch(entries: calls).answer(by: dispatcher).0.readableBytesView)
            }
        case .failure(let error):
            var buffer = ByteBuffer()
            AnswerWriter.error(id: nil, error, into: &buffer)
            let bytes = Array(buffer.readableBytesView)
            return { _ in bytes }
        }
    }

    private func check(_ answer: [String: Any]) {
        demand(answer["jsonrpc"] as? String == "2.0", "an answer without its version")
        let error = answer["error"] as? [String: Any]
        demand((answer["result"] == nil) != (error == nil), "neither result nor error, or both")
        demand((error?["code"] as? Int) != -32603, "an internal error: \(answer)")
    }

    /// An id is echoed as it stood, and Foundation reads no number beyond Double.
    private func hasHugeNumber(_ bytes: [UInt8]) -> Bool {
        bytes.contains(UInt8(ascii: "e"))
            || bytes.split { !(0x30...0x39).contains($0) }.contains { $0.count > 300 }
    }
}
