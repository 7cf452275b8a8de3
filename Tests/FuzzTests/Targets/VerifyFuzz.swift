import AgentCore
import Foundation
import NIOCore

@testable import AgentProtocol
@testable import AgentServer

/// The verifies of a connection, several a read and by the shape of those before, get the answers that each
/// gets by the long way.
enum VerifyFuzz {
    static func run(_ input: [UInt8], _ dispatcher: Dispatcher, _ peer: Peer) {
        guard let right = dispatcher.agent.verifier(for: peer) else {
            preconditionFailure("the fuzzer's caller may not verify")
        }
        let refused = RefusedAnswers(uid: peer.uid, paces: dispatcher.paces)
        var batch = VerifyBatch(dispatcher: dispatcher, refused: refused)
        for lines in reads(of: input) {
            var taken: [[UInt8]] = []
            var answers = ByteBuffer()
            var framer = LineFramer(lineBytesMax: Limits.lineBytesMax)
            framer.append(ByteBuffer(bytes: lines))
            framer.forEachPiece { piece in
                if case .line(let line) = piece, take(line, &batch, right, &answers) {
                    taken.append(Array(line))
                }
                return .next
            } settle: {
                batch.settle(right, into: &answers)
                batch.learn()
            }
            // Those of a uid that was wrong too often are given apart, to be held back.
            let given = split(answers) + refused.takeAll().flatMap { split($0.answer) }
            let long = taken.map { DispatcherFuzz.answer($0, by: dispatcher, peer) }.filter { !$0.isEmpty }
            compare(given, long)
        }
    }

    /// One line, then two, then four: a shape is learnt at the end of a read.
    private static func reads(of input: [UInt8]) -> [[UInt8]] {
        let lines = input.split(separator: UInt8(ascii: "\n"))
        var reads: [[UInt8]] = []
        var (start, count) = (0, 1)
        while start < lines.count {
            let end = min(lines.count, start + count)
            reads.append(lines[start..<end].flatMap { $0 + [UInt8(ascii: "\n")] })
            (start, count) = (end, count * 2)
        }
        return reads
    }

    /// As a connection does; false for what is no plain verify.
    private static func take(
        _ line: UnsafeRawBufferPointer, _ batch: inout VerifyBatch, _ right: VerifierRight,
        _ answers: inout ByteBuffer
    ) -> Bool {
        if batch.take(line, right, into: &answers) { return true }
        guard case .single(let frame) = RequestScanner.scan(line) else { return false }
        return batch.take(frame, in: line, right, into: &answers)
    }

    private static func split(_ answers: ByteBuffer) -> [[UInt8]] {
        answers.readableBytesView.split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    /// By their sense: members may stand in another order. What Foundation cannot read is compared by length.
    private static func compare(_ given: [[UInt8]], _ long: [[UInt8]]) {
        demand(given.count == long.count, "\(given.count) answers by batch, \(long.count) by the long way")
        guard given.map(sense).sorted() == long.map(sense).sorted() else {
            let texts = [given, long].map { $0.map { String(decoding: $0, as: UTF8.self) } }
            return demand(false, "answered \(texts[0]) by batch, \(texts[1]) by the long way")
        }
    }

    private static func sense(_ answer: [UInt8]) -> String {
        guard let json = try? JSONSerialization.jsonObject(with: Data(answer)),
            let sorted = try? JSONSerialization.data(withJSONObject: json, options: .sortedKeys)
        else { return "\(answer.count { $0 > 0x20 })" }
        return String(decoding: sorted, as: UTF8.self)
    }
}
