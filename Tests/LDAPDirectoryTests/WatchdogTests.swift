import Foundation
import Synchronization
import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

@Suite("a deadline", .serialized)
struct WatchdogTests {
    /// A thread of the pool for each processor is all there is: blocked, no task that sleeps ever wakes.
    @Test("is kept while all threads of Swift's pool are busy")
    func busyPool() async throws {
        let silent = try Listener()
        var settings = LDAPSettings(
            name: "silent", urls: ["ldaps://127.0.0.1:\(silent.port)"], base: "dc=example,dc=org",
            filter: "(objectClass=*)")
        settings.timing.connect = .milliseconds(300)
        let (outcome, isFree) = (Shared<DirectoryError?>(), Shared<Bool>())
        let release = DispatchSemaphore(value: 0)
        let count = 2 * ProcessInfo.processInfo.activeProcessorCount
        for _ in 0..<count {
            Task.detached {
                Self.block(release)
                isFree.value.withLock { $0 = true }
            }
        }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread { [settings] in
                outcome.value.withLock { $0 = Self.open(settings) }
                #expect(isFree.value.withLock { $0 } == nil, "the pool was still busy")
                for _ in 0..<count { release.signal() }
                done.resume()
            }
        }
        guard case .timedOut = outcome.value.withLock({ $0 ?? nil }) else {
            Issue.record("\(String(describing: outcome.value.withLock { $0 }))")
            return
        }
        withExtendedLifetime(silent) {}
    }

    private final class Shared<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    /// Not for longer than a while, in case the deadline is not kept.
    private static func block(_ release: DispatchSemaphore) { _ = release.wait(timeout: .now() + 60) }

    private static func open(_ settings: LDAPSettings) -> DirectoryError? {
        do throws(DirectoryError) {
            let pin = ConnectionPin()
            let server = try ServerURL(settings.urls[0])
            let connection = try LDAPConnection(server, settings: settings, pin: pin)
            let deadline = Deadline(after: settings.timing.connect, phase: "connecting")
            defer { connection.close() }
            try connection.bounded(by: deadline) { () throws(DirectoryError) in
                try connection.open(settings, secret: BindSecret(), until: deadline)
            }
            return nil
        } catch {
            return error
        }
    }

    @Test("gives the first answer to who waits, whichever comes first")
    func firstAnswer() async {
        let early = FirstAnswer<Int>()
        early.give(1)
        early.give(2)
        #expect(await early.value == 1)
        let late = FirstAnswer<Int>()
        let waiting = Task { await late.value }
        Thread.detachNewThread {
            late.give(3)
            late.give(4)
        }
        #expect(await waiting.value == 3)
    }
}
