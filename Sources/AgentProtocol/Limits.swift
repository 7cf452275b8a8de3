/// Every limit of the daemon, by name, units last.
public enum Limits {
    // MARK: A line

    /// The longest request, without its line end. A longer one is answered with -32600 and drained.
    public static let lineBytesMax = 65536
    /// The longest answer a client takes. Lists of a thousand tokens are the longest there are.
    public static let answerLineBytesMax = 16 * 1024 * 1024
    /// Open objects and arrays, the request's own object counted (RFC 8259 section 9 lets a parser set this).
    public static let jsonDepthMax = 32
    /// Requests in one batch.
    public static let batchMax = 64
    /// The raw text of a request's `id`, which is echoed.
    public static let idBytesMax = 256

    // MARK: A connection

    /// Requests of one connection that wait for an answer; at this number reading stops.
    public static let inFlightMax = 256
    /// The same of all connections of one uid, which share it: so that others' requests do not wait behind
    /// as many as 128 connections may have.
    public static let inFlightPerUIDMax = 1024
    public static let connectionsMax = 1024
    public static let connectionsPerUIDMax = 128
    public static let partialLineTimeoutSeconds = 10
    public static let unreadAnswerBytesMax = 1024 * 1024
    public static let unreadAnswerTimeoutSeconds = 10
    /// Connections, of all, that may have unread answers at a time; one more ends the one that has had them
    /// for the longest.
    public static let unreadConnectionsMax = 256
    /// Answers that are written before it is looked at whether anybody reads them.
    public static let answerChunkBytes = 16 * 1024
    public static let requestDeadlineSeconds = 5
    public static let subscriptionsMax = 8
    /// The longest that accepting pauses after the kernel had no descriptor or memory; the first pause is a
    /// hundredth of it.
    public static let acceptPauseMillisecondsMax = 1000

    /// When the daemon stops: how long open connections may take to finish what they were asked, and for how
    /// long one that has finished is told that what it asks now comes too late.
    public static let drainSecondsMax = 10
    public static let drainMilliseconds: Int64 = 20

    // MARK: A caller

    /// Tokens that somebody who is no admin may make in a second, and at once after a rest.
    public static let createsPerSecondMax = 50
    /// Wrong tokens, logins and passwords of a uid in a second that are answered without delay.
    public static let refusalsPerSecondMax = 100
    /// The longest that an answer about one is delayed.
    public static let refusalDelayMillisecondsMax = 1000
    /// Delayed answers of one connection; at more the oldest leaves at once.
    public static let refusalsHeldMax = 64

    // MARK: A directory

    /// Questions about people, or about passwords, that one directory is asked at a time. Each is a bind.
    public static let directoryQuestionsMax = 8
    /// How many more may wait for their turn.
    public static let directoryQuestionsWaitingMax = 256
    /// Passwords that one directory checks at a time: each takes a thread and two connections.
    public static let directoryPasswordsMax = 8
    /// The same of a file: each reads all of it.
    public static let filePasswordsMax = 2
    /// How many more may wait for their turn.
    public static let directoryPasswordsWaitingMax = 256

    // MARK: Members of params

    public static let listMax = 1000
    public static let listDefault = 100
    public static let audienceBytesMax = 256
    public static let nameBytesMax = 256
    public static let flagsMax = 32
    public static let flagBytesMax = 64
    /// A login or an e-mail address (RFC 5321 section 4.5.3.1: 64 + 1 + 255).
    public static let emailBytesMax = 320
    public static let passwordBytesMax = 1024
    public static let sourceBytesMax = 64
    /// A stable id of a directory: a UUID, a GUID in hexadecimal, or a configured attribute's value.
    public static let stableIDBytesMax = 256
    /// A token's public id is 8 characters; room is left for those that carry something else by mistake.
    public static let tokenIDBytesMax = 64
    /// A token is 57 characters; what is longer is still judged, as malformed.
    public static let tokenBytesMax = 1024
    public static let idempotencyKeyBytesMax = 128
    public static let cursorBytesMax = 1024
    public static let planBytesMax = 128
    public static let eventBytesMax = 64
    /// The end of an audit trail: a number, a colon and 64 hexadecimal digits.
    public static let headBytesMax = 128
    public static let revokeReasonBytesMax = 256
    /// A hundred years: further away is a mistake in the unit.
    public static let expiresInSecondsMax: Int64 = 100 * 366 * 86400
    /// A rotated value may live on for at most thirty days.
    public static let graceSecondsMax: Int64 = 30 * 86400
    /// Tokens named in the answer to a purge; the rest is only counted.
    public static let purgedListedMax = 1000
    /// Removals named in a held plan; the rest is only counted.
    public static let heldRemovalsMax = 100
}
