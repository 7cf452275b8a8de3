extension Method {
    /// The params of the method: the one place where methods and messages meet.
    public var params: any MethodParams.Type {
        switch self {
        case .tokenVerify: TokenVerify.self
        case .tokenCreate: TokenCreate.self
        case .tokenShow: TokenShow.self
        case .tokenList: TokenList.self
        case .tokenUpdate: TokenUpdate.self
        case .tokenRotate: TokenRotate.self
        case .tokenReveal: TokenReveal.self
        case .tokenRevoke: TokenRevoke.self
        case .tokenRestore: TokenRestore.self
        case .tokenPurge: TokenPurge.self
        case .tokenExplain: TokenExplain.self
        case .auditList: AuditList.self
        case .auditVerify: AuditVerify.self
        case .keyRotate: KeyRotate.self
        case .keyStatus: KeyStatus.self
        case .directorySync: DirectorySync.self
        case .directoryStatus: DirectoryStatus.self
        case .directoryTest: DirectoryTest.self
        case .directoryForget: DirectoryForget.self
        case .userShow: UserShow.self
        case .userList: UserList.self
        case .userExplain: UserExplain.self
        case .eventsSubscribe: EventsSubscribe.self
        case .agentStatus: AgentStatus.self
        case .agentWhoami: AgentWhoami.self
        case .rpcDiscover: RPCDiscover.self
        }
    }

    public var description: MethodDescription { params.description }
}
