/// A schema that has a name, because several methods share it.
public enum Component: String, CaseIterable, Hashable, Sendable {
    case token = "Token"
    case createdToken = "CreatedToken"
    case owner = "Owner"
    case ownerReference = "OwnerReference"
    case credentials = "Credentials"
    case held = "HeldPlan"
    case user = "User"
    case event = "Event"
    case openRPC = "OpenRPC"

    public var schema: Schema {
        switch self {
        case .token: .all(TokenMetadata.members)
        case .createdToken: CreatedToken.schema
        case .owner: Owner.schema
        case .ownerReference: OwnerReference.schema
        case .credentials: Credentials.schema
        case .held: HeldPlan.schema
        case .user: User.schema
        case .event: Event.schema
        case .openRPC: OpenRPC.schema
        }
    }
}
