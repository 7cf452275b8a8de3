import Testing
import TokenCore

@testable import AgentCore

/// The table against a dictionary that is asked the same.
struct TokenTableTests {
    private static func slot(_ code: UInt64, owner: UInt32, lastUse: Int64? = nil) -> TokenSlot {
        TokenSlot(record(code, lastUse: lastUse), owner: owner, terms: 0)
    }

    private static func record(_ code: UInt64, lastUse: Int64? = nil) -> TokenRecord {
        var record = TokenRecord(
            id: UserCode(value: code)!, owner: OwnerID(source: "service", id: "robot"),
            secret: SecretDigest(bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: code), count: 32))!,
            terms: TokenTerms(), createdAt: Timestamp(seconds: 1))
        record.lastUsedAt = lastUse.map(Timestamp.init(milliseconds:))
        return record
    }

    @Test func aSlotIsOneLineOfTheCache() {
        #expect(MemoryLayout<TokenSlot>.size == 64 && MemoryLayout<TokenSlot>.stride == 64)
    }

    /// Few codes, so that they meet; consecutive and random ones, so that runs form and wrap around.
    @Test(arguments: [200, 5000, 140_737_488_355_328] as [UInt64])
    func itAgreesWithADictionary(codes: UInt64) {
        var generator = Xorshift(state: codes)
        var table = TokenTable()
        var model: [UInt64: UInt32] = [:]
        for step in 0..<60_000 {
            // Grows, shrinks, grows: each third favours one of the two.
            let isPut = generator.next() % 10 < (step / 20_000 == 1 ? 3 : 7)
            let known = model.isEmpty || generator.next() % 2 == 0
            let code = known ? generator.next() % codes : model.keys.first!
            if isPut {
                let owner = UInt32(truncatingIfNeeded: step)
                let old = table.put(Self.slot(code, owner: owner), previous: nil)
                #expect(old?.owner == model.updateValue(owner, forKey: code))
            } else {
                #expect(table.remove(code)?.owner == model.removeValue(forKey: code))
            }
            #expect(table.count == model.count)
            let other = generator.next() % codes
            #expect(table.find(other)?.pointee.owner == model[other])
            if step % 10_000 == 0 {
                for (code, owner) in model { #expect(table.find(code)?.pointee.owner == owner) }
            }
        }
        for (code, owner) in model { #expect(table.find(code)?.pointee.owner == owner) }
        for code in model.keys { #expect(table.remove(code) != nil) }
        #expect(table.count == 0 && table.find(1) == nil)
    }

    @Test func itGrowsAtMostTwofoldAndIsNeverOverThreeQuartersFull() {
        var table = TokenTable()
        var capacities: [Int] = []
        for code in 0..<100_000 as Range<UInt64> {
            _ = table.put(Self.slot(code, owner: 0), previous: nil)
            if capacities.last != table.capacity { capacities.append(table.capacity) }
            #expect(table.count * 4 <= table.capacity * 3)
        }
        for (small, large) in zip(capacities, capacities.dropFirst()) {
            #expect(large > small && large <= small * 2)
        }
    }

    /// Three quarters full, a look-up by linear probing takes 2.5 steps on average (Knuth, 6.4).
    @Test func codesSpread() {
        var table = TokenTable()
        var generator = Xorshift(state: 7)
        var codes: [UInt64] = []
        while table.count < 48_000 {
            let code = generator.next() % UserCode.count
            codes.append(code)
            _ = table.put(Self.slot(code, owner: 0), previous: nil)
        }
        let steps = codes.reduce(0) { $0 + table.steps(to: $1) }
        #expect(Double(steps) / Double(codes.count) < 3)
    }

    @Test func aUseOutlivesAChangeAndIsHandedOutOnce() {
        var table = TokenTable()
        _ = table.put(Self.slot(5, owner: 1, lastUse: 10), previous: nil)
        _ = table.put(Self.slot(6, owner: 1), previous: nil)
        table.noteUse(table.find(5)!, at: 20)
        _ = table.put(Self.slot(5, owner: 2, lastUse: 10), previous: nil)
        #expect(table.find(5)?.pointee.lastUse == 20)
        var uses: [UInt64: Int64] = [:]
        table.takeUses { uses[$0] = $1 }
        #expect(uses == [5: 20] && table.newUses == 0)
        table.takeUses { _, _ in Issue.record("a second time") }
        table.noteUse(table.find(6)!, at: 30)
        _ = table.remove(6)
        #expect(table.newUses == 0)
    }

    @Test func theMarksDoNotTouchTheCode() {
        let last = UserCode.count - 1
        var record = Self.record(last)
        record.expiresAt = Timestamp(milliseconds: .max)
        record.previous = PreviousSecret(secret: record.secret, until: Timestamp(seconds: 9))
        record.ending = Ending(kind: .revoked, at: Timestamp(seconds: 2), reason: "")
        var slot = TokenSlot(record, owner: .max, terms: .max)
        slot.hasNewUse = true
        #expect(slot.code == last && slot.holds(last) && !slot.holds(last - 1) && !slot.isFree)
        #expect(slot.expiresAt == record.expiresAt && slot.ending == .revoked && slot.has(.hasPrevious))
        slot.hasNewUse = false
        #expect(slot.code == last && !slot.hasNewUse)
        #expect(Self.slot(0, owner: 0).holds(0))
    }
}

private struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
