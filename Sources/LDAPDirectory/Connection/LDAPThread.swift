import Foundation

/// A thread of one session's own, as the executor of its actor: libldap blocks, so it must never run on a
/// cooperative thread or an event loop.
///
/// The thread holds on to this object until `stop`, which the session calls when nobody can reach it any
/// more.
final class LDAPThread: SerialExecutor, @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []
    private var stopped = false

    init(name: String) {
        Thread.detachNewThread { [self] in
            Self.tell(name)
            run()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Ends the thread once the jobs it has are done.
    func stop() {
        condition.withLock {
            stopped = true
            condition.signal()
        }
    }

    private func run() {
        blockBrokenPipe()
        while let batch = next() {
            for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    private func next() -> [UnownedJob]? {
        condition.withLock {
            while jobs.isEmpty && !stopped { condition.wait() }
            defer { jobs = [] }
            return jobs.isEmpty ? nil : jobs
        }
    }

    /// Names the thread for top(1) and ps(1); 15 octets of it count. Foundation loses a name that is set
    /// before its own record of the thread is complete. Nothing depends on it, so that a failure is of no
    /// interest.
    private static func tell(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = write(descriptor, name, name.utf8.count)
        close(descriptor)
    }

    /// libldap writes without MSG_NOSIGNAL, and SIGPIPE is sent to the thread that wrote.
    private func blockBrokenPipe() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
