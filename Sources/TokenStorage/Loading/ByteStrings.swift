import Glibc

/// Numbers for strings of bytes, in the order in which they are met.
struct ByteStrings {
    /// All of them, end to end, and the one that is being put together.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// Open addressing: a number and one, or 0. At most half full.
    private var table = [Int32](repeating: 0, count: 64)

    var count: Int { ends.count }

    /// Adds a part to the string that is being put together; parts do not run into one another.
    mutating func append(_ part: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt32(part.count)) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: part)
    }

    /// The number of the string that was put together, and whether it was not met before.
    mutating func take() -> (number: Int, isNew: Bool) {
        let start = ends.last ?? 0
        var place = self.place(hash(start..<bytes.count))
        while table[place] != 0 {
            let number = Int(table[place]) - 1
            if isEqual(start..<bytes.count, range(number)) {
                bytes.removeLast(bytes.count - start)
                return (number, false)
            }
            place = (place + 1) & (table.count - 1)
        }
        ends.append(bytes.count)
        table[place] = Int32(ends.count)
        if ends.count * 2 > table.count { grow() }
        return (ends.count - 1, true)
    }

    private func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    private func place(_ hash: Int) -> Int { hash & (table.count - 1) }

    /// Seeded for each process: names come from callers.
    private func hash(_ range: Range<Int>) -> Int {
        bytes.withUnsafeBytes { bytes in
            var hasher = Hasher()
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[range]))
            return hasher.finalize()
        }
    }

    private func isEqual(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        guard a.count == b.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            memcmp(bytes.baseAddress! + a.lowerBound, bytes.baseAddress! + b.lowerBound, a.count) == 0
        }
    }

    private mutating func grow() {
        table = [Int32](repeating: 0, count: table.count * 2)
        for number in ends.indices {
            var place = self.place(hash(range(number)))
            while table[place] != 0 { place = (place + 1) & (table.count - 1) }
            table[place] = Int32(number + 1)
        }
    }
}
