import Foundation
import Glibc
import Synchronization

/// A process that a test starts itself, and ends by its pid.
///
/// Not Foundation's: that one waits for a descriptor to close, which any other child that was started at
/// the same moment may have inherited; and it reads past the end of what readdir(3) gave it, which is a
/// crash when nothing follows (https://github.com/swiftlang/swift-corelibs-foundation/issues/5472).
final class ChildProcess: Sendable {
    struct Launch {
        var command: [String]
        /// Beside what this process has in its own.
        var environment: [String: String] = [:]
        /// By the number under which the child finds it.
        var descriptors: [Int32: Int32] = [:]
        var output: String?
        var errors: String?
        var input: String?
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let pid: pid_t
    private let status = Mutex<Int32?>(nil)
    private let core = Mutex<Bool?>(nil)

    /// nil while it runs.
    var dumpedCore: Bool? { core.withLock { $0 } }

    init(_ launch: Launch) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, launch.input ?? "/dev/null", O_RDONLY, 0)
        let writing = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, launch.output ?? "/dev/null", writing, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, launch.errors ?? "/dev/null", writing, 0o600)
        for (number, descriptor) in launch.descriptors.sorted(by: { $0.key < $1.key }) {
            posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        }
        pid = try Self.spawn(launch, &actions)
    }

    deinit {
        signal(SIGKILL)
        _ = reap(0)
    }

    private static func spawn(
        _ launch: Launch, _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        // The threads that tests run on block signals, and children inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let variables = environment.merging(launch.environment) { _, new in new }.map {
            "\($0.key)=\($0.value)"
        }
        var arguments = (launch.command.map { strdup($0) }) + [nil]
        var environment = variables.map { strdup($0) } + [nil]
        defer { (arguments + environment).forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, launch.command[0], &actions, &attributes, &arguments, &environment)
        guard code == 0 else {
            throw Failure(
                description: "cannot start \(launch.command[0]): \(String(cString: strerror(code)))")
        }
        return child
    }

    /// What would change the meaning of a test does not come along.
    private static var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { name, _ in
            !["TOKENAGENT_", "XDG_", "LISTEN_", "NOTIFY_", "LDAP"].contains(where: name.hasPrefix)
        }
    }

    var isRunning: Bool { reap(WNOHANG) == nil }

    func signal(_ number: Int32) { if isRunning { kill(pid, number) } }

    /// Returns once it has stopped, if it runs: until then it might answer.
    func pause() {
        signal(SIGSTOP)
        // Told once for each stop (waitid(2)).
        var information = siginfo_t()
        _ = waitid(P_PID, id_t(pid), &information, WSTOPPED | WEXITED | WNOWAIT)
    }

    func resume() { signal(SIGCONT) }

    /// The exit code; minus the number of the signal that ended it.
    func wait(within limit: Duration = .patient) throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            if let status = reap(WNOHANG) { return status }
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "never: the end of process \(pid)")
            }
            usleep(5000)
        }
    }

    /// Ends it in an orderly way: its exit code. What does not end in time is killed.
    @discardableResult
    func end(_ number: Int32 = SIGTERM) -> Int32 {
        signal(number)
        if let status = try? wait() { return status }
        kill(pid, SIGKILL)
        return reap(0) ?? -SIGKILL
    }

    /// Runs a command to its end, on a thread that may wait: its exit code, and what it said on both outputs,
    /// which `log` keeps.
    static func run(
        _ command: [String], log: String, environment: [String: String] = [:],
        within limit: Duration = .seconds(300)
    ) async throws -> (status: Int32, output: String) {
        let child = try ChildProcess(
            Launch(command: command, environment: environment, output: log, errors: log))
        let status = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try child.wait(within: limit) })
            }
        }
        return (status, (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
    }

    private func reap(_ options: Int32) -> Int32? {
        status.withLock { status in
            guard status == nil else { return status }
            var raw: Int32 = 0
            var got = waitpid(pid, &raw, options)
            while got < 0 && errno == EINTR { got = waitpid(pid, &raw, options) }
            if got == pid {
                status = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : -(raw & 0x7F)
                // WCOREDUMP of wait(2), a macro that Swift cannot see.
                core.withLock { $0 = raw & 0x80 != 0 }
            }
            return status
        }
    }
}
