import AgentProtocol
import SeededRuns

/// One caller, many requests in flight, until the connection ends.
struct CrashWriter: Sendable {
    static let inFlight = 20

    private let writer: Int
    private let cycle: Int
    private let book: CrashBook
    private let socket: RawSocket

    init(_ writer: Int, in cycle: Int, book: CrashBook, socket: RawSocket) {
        self.writer = writer
        self.cycle = cycle
        self.book = book
        self.socket = socket
    }

    private enum Asked {
        case create
        case rotate(String)
        case change(String)
    }

    func run(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        var number = 0
        while true {
            // Each on another token, so that what is in doubt about one is one thing.
            var known = book.certain(of: writer)
            var asked: [Int: Asked] = [:]
            var lines: [String] = []
            do {
                for _ in 0..<Self.inFlight {
                    number += 1
                    let target = known.isEmpty ? nil : known.remove(at: chance.number(0..<known.count))
                    let (request, what) = try ask(target, chance.number(0..<10), number)
                    asked[number] = what
                    lines.append(request)
                }
                try socket.send(lines.joined(separator: "\n") + "\n")
                for _ in lines {
                    guard let line = try socket.lineOrEnd() else { return }
                    take(try JSONValue(line: line), asked)
                }
            } catch {
                // The daemon was killed while this was being written, or was read.
                return
            }
        }
    }

    private func ask(
        _ target: (id: String, ending: String?)?, _ action: Int, _ number: Int
    ) throws -> (String, Asked) {
        guard let target, action > 3 else {
            let params: JSONValue = [
                "owner": .service("w\(writer)-\(cycle)-\(number / 40)"), "name": .string("\(number)"),
            ]
            return (try DaemonProcess.request("token.create", params, id: Int64(number)), .create)
        }
        let id: JSONValue = ["id": .string(target.id)]
        func request(_ method: String) throws -> String {
            try DaemonProcess.request(method, id, id: Int64(number))
        }
        if target.ending != nil {
            book.begin(target.id) { $0.ending = nil }
            return (try request("token.restore"), .change(target.id))
        }
        if action < 7 {
            book.begin(target.id) { $0.ending = "revoked" }
            return (try request("token.revoke"), .change(target.id))
        }
        book.begin(target.id) { $0.secret = nil }
        return (try request("token.rotate"), .rotate(target.id))
    }

    private func take(_ answer: JSONValue, _ asked: [Int: Asked]) {
        guard let number = answer["id"].integer, let what = asked[number] else {
            return book.fail("an answer to nothing: \(answer)")
        }
        let result = answer["result"]
        // Too late, and done or not: as good as no answer.
        if answer.refusal?.known == .limitExceeded { return }
        guard answer.refusal == nil else { return book.fail("\(what): \(answer["error"])") }
        switch what {
        case .create:
            do { book.made(try MadeToken(result), writer: writer) } catch { book.fail("\(error)") }
        case .rotate(let id): book.done(id, secret: result["token"].text)
        case .change(let id): book.done(id)
        }
    }

    /// A reading by which people are gone, and the purge of their tokens.
    func purge() {
        do {
            _ = try socket.ask(DaemonProcess.request("directory.sync"))
            let live = book.certain(of: writer).filter { $0.ending == nil }.map(\.id)
            for id in live { book.begin(id) { $0.ending = "purged" } }
            let result = try socket.ask(DaemonProcess.request("token.purge"))["result"]
            for purged in result["purged"].items {
                if let id = purged["id"].text { book.done(id) }
            }
        } catch {
            // The daemon was killed before it answered.
        }
    }
}
