import AgentCore
import TokenCore
import TokenStorage

/// What a verify answers, to be compared.
enum Answer: Hashable {
    case active
    case unknown
    case refused(Refusal)
}

extension AgentFixture {
    /// A token made by an admin.
    @discardableResult
    func create(_ login: String, name: String = "") async throws -> IssuedToken {
        try await agent.create(CreateRequest(owner: .label(login), name: name), everyone())
    }

    @discardableResult
    func create(
        _ owner: OwnerQuery, _ change: (inout CreateRequest) -> Void = { _ in }
    ) async throws -> IssuedToken {
        var request = CreateRequest(owner: owner)
        change(&request)
        return try await agent.create(request, everyone())
    }

    func verify(_ token: IssuedToken, for demand: Demand = Demand()) throws -> Answer {
        try verify(token.presented(), for: demand)
    }

    func verify(_ presented: PresentedToken, for demand: Demand = Demand()) throws -> Answer {
        switch agent.verify(presented, for: demand, try verifier()) {
        case .active: .active
        case .unknown: .unknown
        case .refused(let refusal): .refused(refusal)
        }
    }

    func show(_ token: IssuedToken) async throws -> TokenView {
        try await agent.show(token.token.record.id, everyone())
    }

    func state(_ token: IssuedToken) async throws -> TokenState { try await show(token).state }

    func person(_ login: String) async throws -> PersonRecord? { try await person(id: "id-\(login)") }

    func person(id: String) async throws -> PersonRecord? {
        let owner = OwnerID(source: corp.name, id: id)
        return try await store.read { try $0.person(owner) }
    }

    /// The number of the latest audit line.
    var revision: Int64 { store.facts().revision }

    func heldPlan() async throws -> HeldPlan? {
        let name = corp.name
        return try await store.read { try $0.heldPlan(name) }
    }

    func sourceState() async throws -> SourceState? {
        let name = corp.name
        return try await store.read { try $0.sourceState(name) }
    }
}
