package import AgentCore
import AgentProtocol
import TokenCore

// The part of `Wire+Core` that every verify passes.

extension Demand {
    init(_ demand: VerifyDemand) {
        self.init(
            audience: demand.audience.map { String(decoding: $0, as: UTF8.self) },
            flags: demand.flags.strings,
            write: demand.write ?? false)
    }

    init(_ params: TokenVerify) {
        self.init(audience: params.audience, flags: params.flags ?? [], write: params.write ?? false)
    }
}

extension TokenVerify {
    var presentedToken: PresentedToken? {
        if let token { return PresentedToken(token) }
        guard let userCode, let passCode else { return nil }
        return PresentedToken(userCode: userCode, passCode: passCode)
    }
}

extension PresentedToken {
    init?(_ token: Secret) {
        var text = token.exposed
        guard let presented = text.withUTF8({ PresentedToken(token: UnsafeRawBufferPointer($0)) }) else {
            return nil
        }
        self = presented
    }

    init?(userCode: String, passCode: Secret) {
        var (user, pass) = (userCode, passCode.exposed)
        let presented = user.withUTF8 { user in
            pass.withUTF8 { pass in
                PresentedToken(userCode: UnsafeRawBufferPointer(user), passCode: UnsafeRawBufferPointer(pass))
            }
        }
        guard let presented else { return nil }
        self = presented
    }
}

extension TokenVerify.Reason {
    /// Unknown and wrong secret are one answer: nobody outside learns which it was. nil for a good token.
    init?(_ verdict: Verdict) {
        switch verdict {
        case .active: return nil
        case .wrongSecret: self = .unknown
        case .refused(let refusal): self.init(refusal)
        }
    }

    init(_ refusal: Refusal) {
        switch refusal {
        case .expired: self = .expired
        case .suspended: self = .suspended
        case .obsolete: self = .obsolete
        case .revoked: self = .revoked
        case .wrongAudience: self = .wrongAudience
        case .missingFlag: self = .missingFlag
        case .readOnly: self = .readOnly
        }
    }
}

extension Verification {
    var answer: TokenVerify.Answer {
        switch self {
        case .unknown: return .inactive(.unknown)
        case .refused(let refusal): return .inactive(.init(refusal))
        case .active(let token, let owner):
            let terms = token.terms
            return .active(
                TokenVerify.Active(
                    id: "\(token.id)",
                    owner: Owner(owner.id, owner.login, owner.email),
                    audience: terms.audience, name: terms.name, write: terms.write, flags: terms.flags,
                    expiresAt: token.facts.expiresAt.map(WireTime.init)))
        }
    }
}

extension AnswerRendering {
    /// As `AnswerWriter` joins them again.
    package static let wire = AnswerRendering(
        owner: { id, login, email in
            TokenVerify.Active.render(Owner(id, login, email))
        },
        terms: { audience, name, write, flags in
            TokenVerify.Active.renderTerms(audience: audience, name: name, write: write, flags: flags)
        })
}
