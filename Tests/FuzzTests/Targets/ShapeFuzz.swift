import Foundation

@testable import AgentProtocol

/// Verifies that are recognised by their shape mean what the full scanner says they mean.
///
/// The lines of an input are one caller's. Besides, what stands in a line is put where id and token stood in
/// the line that was learnt: chance alone hardly ever gives two lines of one shape.
struct ShapeFuzz: ~Copyable {
    private var shape = VerifyShape()
    /// The line that was learnt, and where its id and its token stand.
    private var learnt: (line: [UInt8], id: Range<Int>, token: Range<Int>)?

    mutating func take(_ line: [UInt8]) {
        compare(line)
        if let learnt {
            for shift in 0..<3 { compare(Self.filled(learnt, from: line, shift)) }
        }
        line.withUnsafeBytes { bytes in
            Self.scan(bytes) { verify in
                shape.learn(bytes, verify)
                guard shape.match(bytes) != nil else { return }
                learnt = (line, Self.place(verify.id, in: bytes), Self.place(verify.token, in: bytes))
            }
        }
    }

    private func compare(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            guard let seen = shape.match(bytes).map(Seen.init) else { return }
            var scanned: Seen?
            Self.scan(bytes) { scanned = Seen($0) }
            demand(seen == scanned, "the shape reads \(seen), the scanner \(String(describing: scanned))")
        }
    }

    /// The learnt line with parts of another for its id and its token.
    private static func filled(
        _ learnt: (line: [UInt8], id: Range<Int>, token: Range<Int>), from other: [UInt8], _ shift: Int
    ) -> [UInt8] {
        let digits = other.dropFirst(shift).prefix(1 + shift * 9)
        let token = other.dropFirst(shift * 7).prefix(learnt.token.count)
        var line = learnt.line
        let parts = [(learnt.id, digits), (learnt.token, token)]
        for (place, part) in parts.sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) {
            // A shorter token is no match; then at least the id is looked at.
            if place == learnt.token, part.count < place.count { continue }
            line.replaceSubrange(place, with: part)
        }
        return line
    }

    private static func scan(_ line: UnsafeRawBufferPointer, _ body: (VerifyLine) -> Void) {
        guard case .single(let frame) = RequestScanner.scan(line), frame.method == .tokenVerify,
            frame.refusal == nil, let id = frame.id(in: line),
            let params = try? VerifyScanner.scan(frame.params(in: line)),
            let verify = VerifyLine(id: id, params)
        else { return }
        withExtendedLifetime(params) { body(verify) }
    }

    private static func place(
        _ part: UnsafeRawBufferPointer, in line: UnsafeRawBufferPointer
    ) -> Range<Int> {
        guard let start = part.baseAddress, let base = line.baseAddress else { return 0..<0 }
        return (start - base)..<(start - base + part.count)
    }

    /// A verify's parts, by whoever read it.
    private struct Seen: Equatable {
        let id: [UInt8]
        let token: [UInt8]
        let audience: [UInt8]?
        let write: Bool?
        let flags: [String]

        init(_ verify: VerifyLine) {
            id = Array(verify.id)
            token = Array(verify.token)
            audience = verify.demand.audience.map(Array.init)
            write = verify.demand.write
            flags = verify.demand.flags.strings
        }
    }
}
