import AgentClient
import AgentProtocol
import Testing

@testable import tokenagent

@Suite struct PresentationExitStatusTests {
    @Test(arguments: RPCError.Code.allCases)
    func `every error of the protocol has its exit code`(code: RPCError.Code) {
        let expected: Int32 =
            switch code {
            case .parseError, .invalidRequest, .methodNotFound, .internalError: 70
            case .invalidParams: 64
            case .notPermitted: 77
            case .notFound, .conflict: 1
            case .held: 4
            case .directoryUnavailable: 3
            case .storageUnavailable, .limitExceeded, .shuttingDown: 75
            }
        #expect(CommandError.client(.refused(RPCError(code))).status.rawValue == expected)
    }

    @Test func `an error that only a newer daemon has is an internal one`() {
        #expect(ExitStatus(RPCError(code: -32099, message: "New")) == .internalError)
    }

    @Test(
        arguments: [
            (AgentClientError.noDaemon(path: "/x", reason: "No such file or directory"), 69),
            (.noDaemon(path: "/x", reason: "Connection refused"), 69),
            (.noDaemon(path: "/x", reason: "Permission denied"), 77),
            (.closed, 75), (.timedOut, 75), (.cancelled, 75), (.protocolViolation("x"), 70),
            (.unsendable("x"), 64),
        ] as [(AgentClientError, Int32)])
    func `every failure of the connection has its exit code`(error: AgentClientError, code: Int32) {
        #expect(CommandError.client(error).status.rawValue == code)
    }

    @Test func `without a daemon the message says where it was expected and how to start it`() {
        let message = CommandError.client(.noDaemon(path: "/x.sock", reason: "Connection refused")).message
        #expect(message.contains("/x.sock"))
        #expect(message.contains("Connection refused"))
        #expect(message.contains("`tokenagent serve`"))
    }

    @Test(arguments: [AgentClientError.closed, .timedOut, .cancelled])
    func `whether it was done is in doubt only where something was to be changed`(error: AgentClientError) {
        let doubt = "whether it was done is not known"
        for method in [Method.tokenVerify, .agentStatus, .auditList, .eventsSubscribe] {
            #expect(!CommandError.client(error, asking: method).message.contains(doubt), "\(method)")
        }
        for method in [Method.tokenCreate, .tokenRotate, .tokenPurge, .directorySync] {
            #expect(CommandError.client(error, asking: method).message.contains(doubt), "\(method)")
        }
    }

    @Test func `whoever gets no answer is told of the daemon, and not to try in vain`() {
        #expect(CommandError.client(.timedOut, asking: .tokenVerify).message.contains("the daemon hangs"))
        #expect(CommandError.client(.closed, asking: .eventsSubscribe).message.contains("tokenagent audit"))
    }

    @Test func `an answer that cannot be written was still done, and trying again is no remedy`() {
        let error = CommandError.notWritten(to: "x", reason: "y").losing("the secret is lost")
        #expect(error.status.rawValue == 74)
        #expect(error.message.contains("it was done"))
        #expect(error.message.contains("the secret is lost"))
    }

    @Test(arguments: RPCError.Code.allCases)
    func `every message is one line, with the detail that the daemon gave`(code: RPCError.Code) {
        let message = CommandError.client(.refused(RPCError(code, detail: "a detail"))).message
        #expect(!message.contains("\n"))
        #expect(message.contains("a detail") || code == .shuttingDown)
    }

    @Test func `a wrong token to ask with is told apart from a missing role`() {
        #expect(RPCError.badCredentials().advice.contains("--as-token-file"))
        #expect(RPCError.notPermitted().advice.contains("whoami"))
    }

    @Test func `a refused argument is named`() {
        #expect(RPCError.invalidParams(member: "audience", "too long").advice == "audience: too long")
    }

    @Test func `when to try again is said in seconds`() {
        #expect(RPCError.limitExceeded(retryAfterMS: 1200, nil).advice.hasSuffix("try again in 2 s"))
    }
}
