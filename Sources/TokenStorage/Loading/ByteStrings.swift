import CLinux
import Glibc

/// Numbers for strings of bytes, in the order in which they are met.
///
/// There are many, and they are asked about in no order, so nearly each look-up has to wait for memory:
/// they are asked about in groups, and what one needs is on its way while the others are looked up.
struct ByteStrings {
    /// Those that were met, end to end: of each its number, its length and its bytes.
    private var kept: [UInt8] = []
    private var count: UInt32 = 0
    /// Open addressing: where in `kept` a string begins, and one; or 0. At most half full.
    private var table = [Int](repeating: 0, count: 64)
    /// Those that are asked about, end to end, and the one that is being put together.
    private var asked: [UInt8] = []
    private var questions: [Question] = []

    private struct Question {
        let end: Int
        let hash: Int
    }

    /// Adds a part to the string that is being put together; parts do not run into one another.
    mutating func append(_ part: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt32(part.count)) { asked.append(contentsOf: $0) }
        asked.append(contentsOf: part)
    }

    /// Asks about the string that was put together.
    mutating func ask() {
        let start = questions.last?.end ?? 0
        let hash = asked.withUnsafeBytes { Self.hash(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        questions.append(Question(end: asked.count, hash: hash))
        table.withUnsafeBufferPointer { clinux_prefetch($0.baseAddress! + place(hash)) }
    }

    /// Hands out the number of each string that was asked about, in order, and its parts where it was not
    /// met before.
    mutating func answer(_ body: (_ number: Int, _ new: Parts?) throws -> Void) rethrows {
        expectKept()
        var start = 0
        for question in questions {
            let (number, isNew) = take(start..<question.end, question.hash)
            if isNew {
                try asked.withUnsafeBytes { try body(number, Parts(rest: $0[start..<question.end])) }
            } else {
                try body(number, nil)
            }
            start = question.end
        }
        asked.removeAll(keepingCapacity: true)
        questions.removeAll(keepingCapacity: true)
    }

    /// Of one string, as they were appended; good until the body returns.
    struct Parts: Sequence, IteratorProtocol {
        fileprivate var rest: Slice<UnsafeRawBufferPointer>

        mutating func next() -> UnsafeRawBufferPointer? {
            guard !rest.isEmpty else { return nil }
            let length = UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: UInt32.self)
            let part = rest.dropFirst(MemoryLayout<UInt32>.size).prefix(Int(length))
            rest = rest[part.endIndex...]
            return UnsafeRawBufferPointer(rebasing: part)
        }
    }

    private func expectKept() {
        kept.withUnsafeBytes { kept in
            for question in questions {
                let found = table[place(question.hash)]
                if found != 0 { clinux_prefetch(kept.baseAddress! + found - 1) }
            }
        }
    }

    private mutating func take(_ string: Range<Int>, _ hash: Int) -> (number: Int, isNew: Bool) {
        var place = place(hash)
        while table[place] != 0 {
            if let number = number(at: table[place] - 1, ifEqual: string) { return (number, false) }
            place = (place + 1) & (table.count - 1)
        }
        table[place] = kept.count + 1
        keep(string)
        if Int(count) * 2 > table.count { grow() }
        return (Int(count) - 1, true)
    }

    private mutating func keep(_ string: Range<Int>) {
        withUnsafeBytes(of: (count, UInt32(string.count))) { kept.append(contentsOf: $0) }
        kept.append(contentsOf: asked[string])
        count += 1
    }

    private func number(at start: Int, ifEqual string: Range<Int>) -> Int? {
        kept.withUnsafeBytes { kept in
            let (number, length) = kept.loadUnaligned(fromByteOffset: start, as: (UInt32, UInt32).self)
            guard Int(length) == string.count else { return nil }
            let isEqual = asked.withUnsafeBytes { asked in
                memcmp(
                    kept.baseAddress! + start + Self.head, asked.baseAddress! + string.lowerBound,
                    string.count) == 0
            }
            return isEqual ? Int(number) : nil
        }
    }

    private static let head = MemoryLayout<(UInt32, UInt32)>.size

    private func place(_ hash: Int) -> Int { hash & (table.count - 1) }

    /// Seeded for each process: names come from callers.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }

    private mutating func grow() {
        table = [Int](repeating: 0, count: table.count * 2)
        kept.withUnsafeBytes { kept in
            var start = 0
            while start < kept.count {
                let length = kept.loadUnaligned(
                    fromByteOffset: start + MemoryLayout<UInt32>.size, as: UInt32.self)
                let end = start + Self.head + Int(length)
                var place = self.place(
                    Self.hash(UnsafeRawBufferPointer(rebasing: kept[start + Self.head..<end])))
                while table[place] != 0 { place = (place + 1) & (table.count - 1) }
                table[place] = start + 1
                start = end
            }
        }
    }
}
