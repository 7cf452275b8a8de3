import CLinux
import Glibc

/// What each process does that holds secrets of others, before it reads any.
enum Hardening {
    /// No core dumps, no ptrace, and a broken pipe is an error and not the end.
    static func apply() throws(StartFailure) {
        signal(SIGPIPE, SIG_IGN)
        // Swift's runtime would write registers and memory to the log, and take half a minute for it.
        for number in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
        try forbidDumps()
    }

    /// For a process that holds them in passing, and shall otherwise end as any other does.
    static func forbidDumps() throws(StartFailure) {
        guard clinux_forbid_dumps() == 0 else {
            throw StartFailure(configuration: "cannot forbid core dumps: \(String(cString: strerror(errno)))")
        }
    }
}
