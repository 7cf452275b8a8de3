import Foundation
import NIOCore

@testable import AgentProtocol

/// The line codec: the same lines come out however the bytes were cut, and what is read of a line lies
/// in it.
enum LineFuzz {
    private static let lineBytesMax = 4096

    static func run(_ input: [UInt8]) {
        let whole = pieces(of: input, chunk: input.count)
        let cut = pieces(of: input, chunk: 1 + Int(input.first ?? 0) % 7)
        demand(whole == cut, "the pieces depend on how the bytes came")
        var shapes = ShapeFuzz()
        for case let line? in whole {
            scan(line)
            shapes.take(line)
        }
    }

    /// nil for one that is too long.
    private static func pieces(of input: [UInt8], chunk: Int) -> [[UInt8]?] {
        var framer = LineFramer(lineBytesMax: lineBytesMax)
        var pieces: [[UInt8]?] = []
        var rest = input[...]
        while !rest.isEmpty {
            framer.append(ByteBuffer(bytes: rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
            framer.forEachPiece { piece in
                switch piece {
                case .line(let line): pieces.append(Array(line))
                case .overlong: pieces.append(nil)
                }
                return .next
            }
            demand(framer.heldBytes <= lineBytesMax, "more than a line is held")
        }
        return pieces
    }

    private static func scan(_ line: [UInt8]) {
        line.withUnsafeBytes { line in
            switch RequestScanner.scan(line) {
            case .single(let frame):
                demand(isJSON(line), "a request that is no JSON")
                read(frame, in: line)
            case .batch(let entries):
                demand(isJSON(line), "a batch that is no JSON")
                demand(entries.count <= Limits.batchMax, "a batch beyond its limit")
                for case .request(let frame) in entries { read(frame, in: line) }
            case .failure(let error): demand(!error.message.isEmpty, "a failure without words")
            }
        }
    }

    /// Foundation takes no number beyond Double, which RFC 8259 section 6 allows, and guesses other
    /// encodings from NULs at the beginning.
    private static func isJSON(_ line: UnsafeRawBufferPointer) -> Bool {
        let hasExponent = line.contains { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        let hasLongNumber = line.split { !(0x30...0x39).contains($0) }.contains { $0.count > 300 }
        if hasExponent || hasLongNumber { return true }
        return (try? JSONSerialization.jsonObject(with: Data(line), options: .fragmentsAllowed)) != nil
    }

    private static func read(_ frame: RequestFrame, in line: UnsafeRawBufferPointer) {
        if let id = frame.id(in: line) {
            demand(id.count <= Limits.idBytesMax, "an id beyond its limit")
        }
        let params = frame.params(in: line)
        guard frame.method == .tokenVerify, frame.refusal == nil else { return }
        guard let verify = try? VerifyScanner.scan(params) else { return }
        demand(verify.demand.flags.count <= Limits.flagsMax, "flags beyond their limit")
    }
}
