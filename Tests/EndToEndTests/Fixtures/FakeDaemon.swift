import Foundation

/// Something at a socket that does to each line what a test says, until the test ends.
final class FakeDaemon {
    enum Reaction {
        case answer(String)
        /// Then it hangs up.
        case last(String)
        case silence
        case hangUp
    }

    let path: String
    private let folder: TemporaryFolder
    private let endpoint: UnixEndpoint

    convenience init(_ react: @escaping @Sendable (_ line: String) -> Reaction) throws {
        try self.init(numbered: { line, _ in react(line) })
    }

    /// Connections are numbered from 1.
    init(numbered react: @escaping @Sendable (_ line: String, _ connection: Int) -> Reaction) throws {
        folder = try TemporaryFolder()
        path = folder.file("s")
        let endpoint = try UnixEndpoint(listeningAt: path)
        self.endpoint = endpoint
        Thread.detachNewThread {
            var count = 0
            while let connection = endpoint.accept() {
                count += 1
                let number = count
                Thread.detachNewThread { Self.serve(connection) { react($0, number) } }
            }
        }
    }

    deinit { endpoint.stop() }

    private static func serve(_ connection: RawSocket, _ react: (String) -> Reaction) {
        do {
            while let line = try connection.lineOrEnd(within: .seconds(600)) {
                switch react(line) {
                case .answer(let text): try connection.send(line: text)
                case .last(let text): return try connection.send(line: text)
                case .silence: break
                case .hangUp: return
                }
            }
        } catch {
            // The caller has gone, or the test has.
        }
    }
}
