import Glibc

/// Machine words by keys of a machine word: the books of a reading of a million people and more.
///
/// Open addressing with linear probing, from which nothing is ever removed, in memory that is given back to
/// the kernel whole. Keys are hashes, so they are spread well already. A copy shares the memory until one of
/// the two is changed.
package struct WordTable: Sendable {
    private struct Slot {
        /// 0 for a free one.
        var key: UInt64
        var word: UInt64
    }

    private var memory: Memory
    package private(set) var count = 0

    package init(capacity: Int = 0) { memory = Memory(capacity: Self.room(for: capacity)) }

    /// Three quarters are taken at most, so that there is always a free slot and it is never far.
    private static func room(for count: Int) -> Int { max(256, count + count / 3 + 1) }

    package mutating func reserve(_ wanted: Int) {
        if Self.room(for: wanted) > memory.capacity { move(to: Self.room(for: wanted)) }
    }

    package subscript(key: UInt64) -> UInt64? {
        let slot = memory.place(Self.stored(key))
        return slot.pointee.key == 0 ? nil : slot.pointee.word
    }

    /// What stood there before.
    @discardableResult
    package mutating func update(_ key: UInt64, to word: UInt64) -> UInt64? {
        if (count + 1) * 4 > memory.capacity * 3 {
            move(to: memory.capacity + memory.capacity / 2)
        } else if !isKnownUniquelyReferenced(&memory) {
            move(to: memory.capacity)
        }
        let stored = Self.stored(key)
        let slot = memory.place(stored)
        let before = slot.pointee
        slot.pointee = Slot(key: stored, word: word)
        guard before.key == 0 else { return before.word }
        count += 1
        return nil
    }

    /// A key of 0 shares its place with 1.
    private static func stored(_ key: UInt64) -> UInt64 { max(key, 1) }

    private mutating func move(to capacity: Int) {
        let larger = Memory(capacity: capacity)
        for index in 0..<memory.capacity where memory.slots[index].key != 0 {
            larger.place(memory.slots[index].key).pointee = memory.slots[index]
        }
        memory = larger
    }

    /// `@unchecked`: written only while one table has it.
    private final class Memory: @unchecked Sendable {
        let slots: UnsafeMutablePointer<Slot>
        let capacity: Int
        private var size: Int { capacity * MemoryLayout<Slot>.stride }

        /// Whole pages of zeros, which are free slots.
        init(capacity: Int) {
            self.capacity = capacity
            let size = capacity * MemoryLayout<Slot>.stride
            let pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let pages, pages != MAP_FAILED else { preconditionFailure("no memory for a reading") }
            slots = pages.bindMemory(to: Slot.self, capacity: capacity)
        }

        deinit { munmap(slots, size) }

        /// Where the key is, or the free slot where it would be put.
        func place(_ key: UInt64) -> UnsafeMutablePointer<Slot> {
            var index = Int(key.multipliedFullWidth(by: UInt64(capacity)).high)
            while slots[index].key != key, slots[index].key != 0 {
                index = index + 1 == capacity ? 0 : index + 1
            }
            return slots + index
        }
    }
}
