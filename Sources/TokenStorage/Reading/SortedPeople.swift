/// What a spool holds, in the order of the first eight octets of their ids.
package struct SortedPeople: Sendable {
    private struct Place {
        /// The id's first octets, as a number that compares as they do.
        let order: UInt64
        private let packed: UInt64

        init(order: UInt64, position: Int, length: Int) {
            self.order = order
            packed = UInt64(position) << 24 | UInt64(length)
        }

        var position: Int { Int(packed >> 24) }
        var length: Int { Int(packed & 0xff_ffff) }
        var end: Int { position + length }
    }

    private static let blockBytes = 1 << 20

    private let file: SpoolFile
    private var places: [Place] = []

    package var count: Int { places.count }

    init(_ file: SpoolFile, _ range: Range<Int>, count: Int) throws {
        self.file = file
        places.reserveCapacity(count)
        var position = range.lowerBound
        var room = Self.blockBytes
        while position < range.upperBound {
            let before = position
            let block = try read(position..<min(position + room, range.upperBound))
            block.withUnsafeBytes { position = note($0, at: position) }
            // One that is larger than a block.
            room = position == before ? room * 2 : Self.blockBytes
        }
        places.sort { ($0.order, $0.position) < ($1.order, $1.position) }
    }

    /// Notes whoever is whole in it, and answers where the next begins.
    private mutating func note(_ block: UnsafeRawBufferPointer, at start: Int) -> Int {
        var rest = block[...]
        while let length = SpooledPerson.length(rest), length <= rest.count {
            let person = SpooledPerson(UnsafeRawBufferPointer(rebasing: rest.prefix(length)))
            let order = Self.order(person.id)
            places.append(Place(order: order, position: start + rest.startIndex, length: length))
            rest = rest.dropFirst(length)
        }
        return start + rest.startIndex
    }

    private static func order(_ id: UnsafeRawBufferPointer) -> UInt64 {
        if id.count >= 8 { return UInt64(bigEndian: id.loadUnaligned(as: UInt64.self)) }
        return (0..<8).reduce(0) { $0 << 8 | ($1 < id.count ? UInt64(id[$1]) : 0) }
    }

    /// Calls `body` with each of them, in memory that stays until it returns from the last.
    func withPeople<T>(_ range: Range<Int>, _ body: ([SpooledPerson]) throws -> T) throws -> T {
        let places = places[range]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(places.reduce(0) { $0 + $1.length })
        var next = places.startIndex
        while next < places.endIndex {
            // Whoever stands one after the other is read at once.
            let first = next
            repeat { next += 1 } while next < places.endIndex && places[next].position == places[next - 1].end
            bytes += try read(places[first].position..<places[next - 1].end)
        }
        return try bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            return try body(
                places.map { place in
                    defer { rest = rest.dropFirst(place.length) }
                    return SpooledPerson(UnsafeRawBufferPointer(rebasing: rest.prefix(place.length)))
                })
        }
    }

    private func read(_ range: Range<Int>) throws(StorageError) -> [UInt8] {
        var failure: StorageError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(StorageError) {
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard bytes.count == range.count else {
            throw .inputOutput(detail: "a reading's people were cut off", code: 0)
        }
        return bytes
    }
}
