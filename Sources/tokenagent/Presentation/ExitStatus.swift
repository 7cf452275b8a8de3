/// How a command ended, for scripts and cron. Everything from 64 on means what sysexits(3) says.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    /// The answer was no: an inactive token, no such record, one that is there already.
    case refused = 1
    /// The directory cannot be read, and nothing was done.
    case directoryUnavailable = 3
    /// A safety guard waits for an approval, and nothing was done.
    case held = 4
    /// EX_USAGE: the arguments, or the files that they name, are wrong.
    case usage = 64
    /// EX_UNAVAILABLE: nobody listens at the socket.
    case noDaemon = 69
    /// EX_SOFTWARE: a mistake of the daemon's or of this program's.
    case internalError = 70
    /// EX_IOERR: it was done, and the answer could not be written.
    case notWritten = 74
    /// EX_TEMPFAIL: trying again later may help.
    case temporary = 75
    /// EX_NOPERM
    case notPermitted = 77
    /// EX_CONFIG
    case configuration = 78
}
