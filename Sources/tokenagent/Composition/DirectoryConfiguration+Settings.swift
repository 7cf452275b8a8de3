import AgentCore
import AgentProtocol
import LDAPDirectory
import Logging
import TokenCore

extension DirectoryConfiguration {
    /// The directory as the agent knows it.
    func settings(logger: Logger, now: @escaping @Sendable () -> Timestamp) -> DirectorySettings {
        var settings = DirectorySettings(
            source: source(logger: logger, now: now),
            limits: GuardLimits(
                removalsMax: self.guard.removalsMax, removalsPercentMax: self.guard.removalsPercentMax,
                dropPercentMax: self.guard.dropPercentMax),
            canary: canary, interval: TimeSpan(sync.fullInterval), enumerates: enumerate)
        settings.questionsMax = Limits.directoryQuestionsMax
        settings.questionsWaitingMax = Limits.directoryQuestionsWaitingMax
        settings.changesInterval = TimeSpan(sync.changesInterval)
        switch sync.persist {
        case .auto: settings.watching = .whereSafe
        case .always: settings.watching = .always
        case .never: settings.watching = .never
        }
        return settings
    }

    func source(logger: Logger, now: @escaping @Sendable () -> Timestamp) -> any DirectorySource {
        if let path = urls.lazy.compactMap(\.path).first(where: { _ in isFile }) {
            var settings = LDIFSettings(name: name, path: path, base: base, filter: filter)
            settings.attributes = attributes
            settings.disabled = LDAPDirectory.DisabledRule(disabled)
            settings.deadline = min(settings.deadline, sync.deadline)
            settings.passwordsMax = Limits.filePasswordsMax
            settings.passwordsWaitingMax = Limits.directoryPasswordsWaitingMax
            return LDIFSource(settings, now: now)
        }
        // A base is required for servers: the configuration refuses its absence.
        var settings = LDAPSettings(name: name, urls: urls.map(\.text), base: base ?? "", filter: filter)
        settings.startTLS = startTLS
        settings.caFile = caFile
        settings.allowCleartext = allowCleartext
        settings.bind = LDAPSettings.Bind(bind)
        settings.attributes = attributes
        settings.disabled = LDAPDirectory.DisabledRule(disabled)
        settings.timing.deadline = sync.deadline
        settings.pageSize = Int32(sync.pageSize)
        settings.passwordsMax = Limits.directoryPasswordsMax
        settings.passwordsWaitingMax = Limits.directoryPasswordsWaitingMax
        return LDAPSource(settings, logger: logger, now: now)
    }

    private var attributes: PersonAttributes {
        PersonAttributes(id: id, login: login, email: email, displayName: displayName)
    }
}

extension LDAPSettings.Bind {
    init(_ bind: DirectoryConfiguration.Bind) {
        switch bind {
        case .anonymous: self = .anonymous
        case .simple(let dn, let passwordFile): self = .simple(dn: dn, passwordFile: passwordFile)
        case .external(let certFile, let keyFile): self = .external(certFile: certFile, keyFile: keyFile)
        }
    }
}

extension LDAPDirectory.DisabledRule {
    init(_ rule: DirectoryConfiguration.DisabledRule) {
        switch rule {
        case .auto: self = .auto
        case .attribute(let name, let value): self = .attribute(name: name, value: value)
        }
    }
}
