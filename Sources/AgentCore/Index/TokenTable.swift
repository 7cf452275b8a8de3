import CLinux
import Glibc
import TokenCore

/// Open addressing over fixed-size slots: linear probing, and deletion that shifts back what follows, so
/// that there are no tombstones and a look-up ends at the first free slot.
///
/// One of the index's shards. It grows when three quarters are taken, on its own: a shard of a
/// million-token index moves in a fraction of a millisecond.
///
/// `@unchecked`: the memory is this table's alone.
struct TokenTable: ~Copyable, @unchecked Sendable {
    /// A page of them.
    static let capacityMin = 64
    /// Small tables double; larger ones grow by half, which wastes less.
    static let doubledBelow = 4096

    private var slots: UnsafeMutablePointer<TokenSlot>
    private(set) var capacity = 0
    private(set) var count = 0
    /// Of them, those that were revoked.
    private(set) var revoked = 0
    /// Of the few tokens that were rotated with a grace.
    private(set) var previous: [UInt64: PreviousSecret] = [:]
    /// How many slots have a use that the store does not know.
    private(set) var newUses = 0

    init() { slots = UnsafeMutablePointer(bitPattern: MemoryLayout<TokenSlot>.alignment)! }

    deinit { Self.free(slots, capacity) }

    /// The capacity at which that many tokens make no table grow: a multiple of what fills a page.
    static func capacity(for count: Int) -> Int { (count * 4 / 3 + capacityMin) / capacityMin * capacityMin }

    /// Takes a part of somebody's pages, all free slots, for its own; only while it is empty.
    mutating func adopt(_ slots: UnsafeMutablePointer<TokenSlot>, capacity: Int) {
        precondition(count == 0 && capacity % Self.capacityMin == 0)
        Self.free(self.slots, self.capacity)
        (self.slots, self.capacity) = (slots, capacity)
    }

    /// Codes are drawn at random by the agent; the factor (2^64 divided by the golden ratio) only spreads
    /// those that an administrator brings along.
    @inline(__always)
    static func hash(_ code: UInt64) -> UInt64 { code &* 0x9E37_79B9_7F4A_7C15 }

    /// Where a code belongs: the hash's middle, scaled to the capacity. Its top picks the shard.
    @inline(__always)
    private func home(_ code: UInt64) -> Int {
        let middle = (Self.hash(code) >> 24) & 0xFFFF_FFFF
        return Int(truncatingIfNeeded: (middle &* UInt64(capacity)) >> 32)
    }

    @inline(__always)
    private func after(_ index: Int) -> Int { index &+ 1 == capacity ? 0 : index &+ 1 }

    /// Where the code is, or the free slot where it would be put. There always is a free one.
    @inline(__always)
    private func place(_ code: UInt64) -> Int {
        var index = home(code)
        while !slots[index].isFree, !slots[index].holds(code) { index = after(index) }
        return index
    }

    @inline(__always)
    func find(_ code: UInt64) -> UnsafeMutablePointer<TokenSlot>? {
        guard count > 0 else { return nil }
        let slot = slots + place(code)
        return slot.pointee.isFree ? nil : slot
    }

    @inline(__always)
    func prefetch(_ code: UInt64) { clinux_prefetch(slots + home(code)) }

    /// How many slots a look-up of a code that is there reads.
    func steps(to code: UInt64) -> Int {
        let distance = place(code) - home(code)
        return 1 + (distance < 0 ? distance + capacity : distance)
    }

    /// Returns what stood there before.
    mutating func put(_ slot: TokenSlot, previous former: PreviousSecret?) -> TokenSlot? {
        if (count + 1) * 4 > capacity * 3 { grow() }
        if let former { previous[slot.code] = former } else if !previous.isEmpty { previous[slot.code] = nil }
        let index = place(slot.code)
        let old = slots[index]
        slots[index] = slot
        if slot.has(.revoked) { revoked += 1 }
        if old.has(.revoked) { revoked -= 1 }
        if old.isFree {
            count += 1
            return nil
        }
        // A use outlives a change of the token: the store may not have it yet.
        if old.lastUse > slot.lastUse {
            slots[index].lastUse = old.lastUse
            slots[index].hasNewUse = old.hasNewUse
        } else if old.hasNewUse {
            newUses -= 1
        }
        return old
    }

    mutating func remove(_ code: UInt64) -> TokenSlot? {
        guard count > 0 else { return nil }
        var gap = place(code)
        let old = slots[gap]
        guard !old.isFree else { return nil }
        if old.hasNewUse { newUses -= 1 }
        if old.has(.revoked) { revoked -= 1 }
        previous[code] = nil
        count -= 1
        // What follows moves into the gap unless its home lies behind the gap already.
        var next = after(gap)
        while !slots[next].isFree {
            let home = home(slots[next].code)
            let stays = gap <= next ? gap < home && home <= next : gap < home || home <= next
            if !stays {
                slots[gap] = slots[next]
                gap = next
            }
            next = after(next)
        }
        memset(slots + gap, 0, MemoryLayout<TokenSlot>.stride)
        return old
    }

    mutating func noteUse(_ slot: UnsafeMutablePointer<TokenSlot>, at time: Int64) {
        if !slot.pointee.hasNewUse { newUses += 1 }
        slot.pointee.lastUse = time
        slot.pointee.hasNewUse = true
    }

    /// Hands out each use that the store does not know, once.
    mutating func takeUses(_ body: (UInt64, Int64) -> Void) {
        guard newUses > 0 else { return }
        newUses = 0
        for index in 0..<capacity where slots[index].hasNewUse {
            slots[index].hasNewUse = false
            body(slots[index].code, slots[index].lastUse)
        }
    }

    mutating func giveBackUse(of code: UInt64) {
        guard let slot = find(code), !slot.pointee.hasNewUse else { return }
        slot.pointee.hasNewUse = true
        newUses += 1
    }

    private mutating func grow() {
        let (old, oldCapacity) = (slots, capacity)
        let added = capacity < Self.doubledBelow ? capacity : capacity / 2
        capacity = max(Self.capacityMin, capacity + added)
        slots = Self.allocate(capacity)
        for index in 0..<oldCapacity where !old[index].isFree { slots[place(old[index].code)] = old[index] }
        Self.free(old, oldCapacity)
    }

    /// Whole pages of zeros from the kernel, which are free slots; given back whole, so that what a table
    /// leaves behind when it grows does not stay in the heap.
    static func allocate(_ capacity: Int) -> UnsafeMutablePointer<TokenSlot> {
        let memory = mmap(nil, bytes(capacity), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { preconditionFailure("no memory for the index") }
        // Large pages, where there are whole ones: a look-up then seldom has to look up its address as well.
        // When the kernel has none, small ones do.
        _ = madvise(memory, bytes(capacity), MADV_HUGEPAGE)
        return memory.bindMemory(to: TokenSlot.self, capacity: capacity)
    }

    private static func free(_ slots: UnsafeMutablePointer<TokenSlot>, _ capacity: Int) {
        if capacity > 0 { munmap(slots, bytes(capacity)) }
    }

    private static func bytes(_ capacity: Int) -> Int { capacity * MemoryLayout<TokenSlot>.stride }
}
