import Synchronization
package import TokenCore

/// People whom a reading found new or under other labels, kept in a file until it is known whether the
/// reading counts. In memory a million of them would take more than the daemon does.
package final class PeopleSpool: Sendable {
    private static let bufferBytes = 1 << 18

    private struct State {
        var buffer: [UInt8] = []
        /// How much is in the file, and how much of it was taken.
        var position = 0
        var taken = 0
        var count = 0
    }

    private let file: SpoolFile
    private let state = Mutex(State())

    /// Beside the store's database.
    package init(_ store: TokenStore) throws(StorageError) { file = try SpoolFile(beside: store.path) }

    /// How many there are that were not taken.
    package var count: Int { state.withLock(\.count) }

    /// Blocking, now and then.
    package func append(_ people: [Person]) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            for person in people { try SpooledPerson.append(person, to: &state.buffer) }
            state.count += people.count
            if state.buffer.count >= Self.bufferBytes { try flush(&state) }
        }
    }

    private func flush(_ state: inout State) throws(StorageError) {
        try file.write(state.buffer, at: state.position)
        state.position += state.buffer.count
        state.buffer.removeAll(keepingCapacity: true)
    }

    /// Those since the last time, in the order of their ids: so a table is written from one end to the other.
    /// Blocking.
    package func take() throws -> SortedPeople {
        let (range, count) = try state.withLock { state throws(StorageError) in
            try flush(&state)
            defer { (state.taken, state.count) = (state.position, 0) }
            return (state.taken..<state.position, state.count)
        }
        return try SortedPeople(file, range, count: count)
    }
}
