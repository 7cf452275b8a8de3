/// The calls that wait, by their ids, which count up: the newest in a ring, where each has a place of its
/// own, and those that were overtaken by a whole round of it in a dictionary.
struct CallTable<Call> {
    /// More than are in flight most of the time.
    private static var placesCount: Int { 256 }

    private var ring: [(id: Int64, call: Call)?] = Array(repeating: nil, count: Self.placesCount)
    private var overtaken: [Int64: Call] = [:]
    private(set) var count = 0

    /// Each id is put in once.
    mutating func insert(_ call: Call, id: Int64) {
        let place = Self.place(id)
        if let older = ring[place] { overtaken[older.id] = older.call }
        ring[place] = (id, call)
        count += 1
    }

    /// nil when it waits no more.
    mutating func remove(_ id: Int64) -> Call? {
        let place = Self.place(id)
        if let held = ring[place], held.id == id {
            ring[place] = nil
            count -= 1
            return held.call
        }
        guard !overtaken.isEmpty, let call = overtaken.removeValue(forKey: id) else { return nil }
        count -= 1
        return call
    }

    /// Takes out those of which it is true.
    mutating func removeAll(where isTaken: (Call) -> Bool) -> [Call] {
        guard count > 0 else { return [] }
        let ids = ring.compactMap { $0?.id } + overtaken.keys
        return ids.sorted().compactMap { id in
            guard let call = self[id], isTaken(call) else { return nil }
            return remove(id)
        }
    }

    private subscript(id: Int64) -> Call? {
        if let held = ring[Self.place(id)], held.id == id { return held.call }
        return overtaken[id]
    }

    private static func place(_ id: Int64) -> Int { Int(truncatingIfNeeded: id) & (placesCount - 1) }
}
