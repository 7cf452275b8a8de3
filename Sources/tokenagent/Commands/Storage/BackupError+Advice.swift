import TokenStorage

extension BackupError {
    var status: ExitStatus {
        switch self {
        case .storage(.corrupt): .refused
        case .forbidden: .notPermitted
        case .storage(let error): ExitStatus(rawValue: StartFailure(error).status) ?? .internalError
        case .missing, .exists, .sameFile: .usage
        case .files: .temporary
        case .damaged, .auditBroken: .refused
        case .undecided: .held
        }
    }

    /// What happened and what to do about it.
    var advice: String {
        switch self {
        case .storage(.inUse): "\(self); stop it first: nothing was done"
        case .storage, .missing, .sameFile, .files: "\(self)"
        case .forbidden: "\(self): run this as root or as the daemon's user"
        case .exists: "\(self); --force replaces it"
        case .damaged: "\(self); nothing was done"
        case .auditBroken:
            "\(self): somebody changed it; nothing was done. --accept-broken-audit goes on nevertheless"
        case .undecided:
            """
            \(self); nothing was done. Either
              --revoke-issued-before TIME  revokes what was issued before a time: with the time of now, all
              --accept-unrevoked           makes everything good again that was good in the backup
            """
        }
    }
}
