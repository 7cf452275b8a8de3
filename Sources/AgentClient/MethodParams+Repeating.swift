internal import AgentProtocol

extension MethodParams {
    /// Whether a request that may have been carried out already can be sent again without doing more.
    var isSafeToRepeat: Bool {
        switch Self.method {
        case .tokenVerify, .tokenShow, .tokenList, .tokenReveal, .tokenExplain, .auditList, .auditVerify,
            .keyStatus, .directoryStatus, .directoryTest, .userShow, .userList, .userExplain, .agentStatus,
            .agentWhoami, .rpcDiscover:
            true
        case .tokenCreate: (self as? TokenCreate)?.idempotencyKey != nil
        case .tokenRotate: (self as? TokenRotate)?.idempotencyKey != nil
        // What is revoked or restored twice is refused or noted twice; a purge is not the same later.
        case .tokenUpdate, .tokenRevoke, .tokenRestore, .tokenPurge, .keyRotate, .directorySync,
            .directoryForget, .eventsSubscribe:
            false
        }
    }
}
