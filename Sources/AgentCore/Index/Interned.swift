/// Values that many tokens share, each kept once and known by a number: owners, and terms.
///
/// Only for the index's writer. A number is free again when no token has it.
struct Interned<Key: Hashable, Value: AnyObject & Sendable> {
    let cells = ReferenceTable<Value>()
    private var numbers: [Key: UInt32] = [:]
    private var uses: [UInt32] = []
    private var freed: [UInt32] = []

    func number(of key: Key) -> UInt32? { numbers[key] }

    /// The number of a key that is new.
    mutating func add(_ key: Key, _ value: Value) -> UInt32 {
        let number: UInt32
        if let free = freed.popLast() {
            number = free
        } else {
            number = cells.add()
            uses.append(0)
        }
        numbers[key] = number
        _ = cells.exchange(number, value)
        return number
    }

    mutating func retain(_ number: UInt32) { uses[Int(number)] += 1 }

    /// Called when the token's slot is gone or has another number: then no reader comes upon this one.
    mutating func release(_ number: UInt32, _ key: (Value) -> Key) {
        uses[Int(number)] -= 1
        guard uses[Int(number)] == 0, let value = cells.exchange(number, nil) else { return }
        numbers[key(value)] = nil
        freed.append(number)
    }
}
