import AgentProtocol
import Foundation
import Glibc
import SeededRuns
import TokenStorage

/// A daemon that is killed while callers write, and what they know of it.
final class CrashLoop {
    static let writers = 3

    let daemon: DaemonProcess
    let book = CrashBook()
    private let people: PeopleFile
    private var number = 0
    /// How long there was load.
    private(set) var busy = Duration.zero

    var acknowledged: Int { book.acknowledged }

    init() throws {
        people = try PeopleFile([], crowd: 40)
        daemon = try DaemonProcess(DaemonSettings(directories: [people.directory()]))
    }

    /// Load, a kill at a random moment, a restart, and what is not as it was acknowledged.
    func cycle(_ chance: inout SeededGenerator) throws -> [String] {
        number += 1
        let (leaving, cycle) = (["l\(number)a", "l\(number)b"], number)
        people.people += leaving.map { ($0, "id-\($0)") }
        try people.write()
        let made = try leaving.map { try daemon.create(.string($0)) }
        for token in made { book.made(token, writer: Self.writers) }
        people.people.removeAll { leaving.contains($0.login) }
        try people.write()

        let seeds = (0..<Self.writers).map { _ in chance.next() }
        let begun = ContinuousClock.now
        let group = DispatchGroup()
        for writer in 0..<Self.writers {
            let driver = try CrashWriter(writer, in: cycle, book: book, socket: daemon.connect())
            run(in: group) { driver.run(seed: seeds[writer]) }
        }
        let purger = try CrashWriter(Self.writers, in: cycle, book: book, socket: daemon.connect())
        run(in: group) { purger.purge() }
        // So many at least, whatever the machine makes of it; and then at no moment in particular.
        let enough = acknowledged + chance.number(6..<40)
        try eventually("enough is acknowledged") { acknowledged >= enough }
        usleep(useconds_t(chance.number(0..<20_000)))
        busy += ContinuousClock.now - begun
        try daemon.kill()
        group.wait()

        var wrong = try trail()
        try daemon.start()
        wrong += try look(&chance)
        return wrong + book.takeFailures()
    }

    private func run(in group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        Thread.detachNewThread {
            body()
            group.leave()
        }
    }

    /// The audit trail of what the daemon left, looked at in a copy.
    private func trail() throws -> [String] {
        let folder = try TemporaryFolder()
        for suffix in ["", "-wal"] where access(daemon.database + suffix, F_OK) == 0 {
            try FileManager.default.copyItem(
                atPath: daemon.database + suffix, toPath: folder.file("db.sqlite" + suffix))
        }
        let path = folder.file("db.sqlite")
        let verification = try waitFor {
            let store = try TokenStore(path: path)
            let found = try await store.read { try $0.verifyAudit() }
            await store.close()
            return found
        }
        if case .broken(let seq) = verification { return ["the trail breaks at line \(seq)"] }
        return []
    }

    /// All that this cycle touched, and some of what it did not.
    private func look(_ chance: inout SeededGenerator) throws -> [String] {
        let socket = try daemon.connect()
        var wrong: [String] = []
        for id in book.worthALook(&chance) {
            let shown = try show(id, socket)
            guard let state = shown["result"]["state"].text else {
                wrong.append("token \(id) is lost: \(try shown.line)")
                continue
            }
            var good: Set<String> = []
            // To verify the token of somebody who is gone purges it.
            for secret in state == "obsolete" ? [] : book.secrets(of: id) {
                let answer = try socket.ask(
                    DaemonProcess.request("token.verify", ["token": .string(secret)]))["result"]
                if answer["active"] == true || answer["reason"] == "revoked" { good.insert(secret) }
            }
            if let violation = book.settle(id, state: state, good: good) { wrong.append(violation) }
        }
        return wrong
    }

    /// A machine that stands still for longer than a request may take has lost nothing: it is asked again.
    private func show(_ id: String, _ socket: RawSocket) throws -> JSONValue {
        for _ in 0..<20 {
            let shown = try socket.ask(DaemonProcess.request("token.show", ["id": .string(id)]))
            if shown["error"]["data"]["reason"] != "limit_exceeded" { return shown }
        }
        throw FixtureFailure("token.show is not done within its deadline, twenty times")
    }
}

/// For a thread of its own, which a test's body is.
private func waitFor<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let result = Outcome<Value>()
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        do { result.set(.success(try await body())) } catch { result.set(.failure(error)) }
        done.signal()
    }
    done.wait()
    return try result.get()
}

private final class Outcome<Value: Sendable>: @unchecked Sendable {
    private var value: Result<Value, any Error>?
    func set(_ value: Result<Value, any Error>) { self.value = value }
    func get() throws -> Value {
        guard let value else { throw FixtureFailure("no outcome") }
        return try value.get()
    }
}
