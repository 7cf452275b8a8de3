/// The calls that wait, by their ids, which count up: the newest in a ring, where each has a place of its
/// own, and those that were overtaken by a whole round of it in a dictionary.
struct CallTable<Call> {
    /// More than are in flight most of the time.
    private static var placesCount: Int { 256 }

    private var ring: [(id: Int64, call: Call)?] = Array(repeating: nil, count: Self.placesCount)
    private var overtaken: [Int64: Call] = [:]
    private(set) var count = 0

    /// One that is not in it, new or taken out before.
    mutating func insert(_ call: Call, id: Int64) {
        let place = Self.place(id)
        count += 1
        if let held = ring[place] {
            guard held.id < id else {
                overtaken[id] = call
                return
            }
            overtaken[held.id] = held.call
        }
        ring[place] = (id, call)
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

    /// Takes out those of which it is true, and gives them in the order of their ids.
    mutating func removeAll(where isTaken: (Call) -> Bool) -> [Call] {
        guard count > 0 else { return [] }
        let ids =
            ring.compactMap { held in held.flatMap { isTaken($0.call) ? $0.id : nil } }
            + overtaken.compactMap { isTaken($0.value) ? $0.key : nil }
        return ids.sorted().compactMap { remove($0) }
    }

    private static func place(_ id: Int64) -> Int { Int(truncatingIfNeeded: id) & (placesCount - 1) }
}
