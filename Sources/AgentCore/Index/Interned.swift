/// Values that many tokens share, each kept once and known by a number: owners, and terms.
///
/// Only for the index's writer; readers have the cells. A number is free again when no token has it.
struct Interned<Key: Hashable, Value: Rendered> {
    let cells = AnswerTable()
    private var numbers = Numbers<Key>()
    private var values: [Value?] = []
    private var uses: [UInt32] = []
    private var freed: [UInt32] = []

    func number(of key: Key) -> UInt32? { numbers[key] }

    func value(_ number: UInt32) -> Value? { values[Int(number)] }

    /// The number of a key that is new.
    mutating func add(_ key: Key, _ value: Value) -> UInt32 {
        let number: UInt32
        if let free = freed.popLast() {
            number = free
        } else {
            number = cells.add()
            values.append(nil)
            uses.append(0)
        }
        numbers[key] = number
        _ = replace(number, value)
        return number
    }

    /// Hands out what was there. A reader may still be looking at it: let it go only when none can be.
    mutating func replace(_ number: UInt32, _ value: Value?) -> Value? {
        defer { values[Int(number)] = value }
        cells.put(value?.block, at: number)
        return values[Int(number)]
    }

    mutating func retain(_ number: UInt32) { uses[Int(number)] += 1 }

    /// Called when the token's slot is gone or has another number: then no reader comes upon this one.
    mutating func release(_ number: UInt32, _ key: (Value) -> Key) {
        uses[Int(number)] -= 1
        guard uses[Int(number)] == 0, let value = replace(number, nil) else { return }
        numbers[key(value)] = nil
        freed.append(number)
    }
}

/// Numbers by their keys, spread over many dictionaries. Each grows on its own: a single one of a million
/// keys would hold up the writer for a quarter of a second while it moves them all.
private struct Numbers<Key: Hashable> {
    private static var count: Int { 256 }

    private var parts = [[Key: UInt32]](repeating: [:], count: Self.count)

    subscript(key: Key) -> UInt32? {
        get { parts[Self.part(of: key)][key] }
        set { parts[Self.part(of: key)][key] = newValue }
    }

    private static func part(of key: Key) -> Int {
        Int(truncatingIfNeeded: UInt(bitPattern: key.hashValue) % UInt(count))
    }
}
