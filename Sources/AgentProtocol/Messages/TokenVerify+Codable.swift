extension TokenVerify.Answer: Codable {
    private enum CodingKeys: String, CodingKey { case active, reason }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if try container.decode(Bool.self, forKey: .active) {
            self = .active(try TokenVerify.Active(from: decoder))
        } else {
            // A reason that a newer daemon gives is a refusal all the same.
            let reason = try container.decode(String.self, forKey: .reason)
            self = .inactive(TokenVerify.Reason(rawValue: reason) ?? .unknown)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .active(let token):
            try container.encode(true, forKey: .active)
            try token.encode(to: encoder)
        case .inactive(let reason):
            try container.encode(false, forKey: .active)
            try container.encode(reason.rawValue, forKey: .reason)
        }
    }
}

extension TokenVerify.Active: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, owner, audience, name, write, flags
        case expiresAt = "expires_at"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        owner = try container.decode(Owner.self, forKey: .owner)
        audience = try container.decode(String.self, forKey: .audience)
        name = try container.decode(String.self, forKey: .name)
        write = try container.decode(Bool.self, forKey: .write)
        flags = try container.decode([String].self, forKey: .flags)
        expiresAt = try container.decodeIfPresent(WireTime.self, forKey: .expiresAt)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(owner, forKey: .owner)
        try container.encode(audience, forKey: .audience)
        try container.encode(name, forKey: .name)
        try container.encode(write, forKey: .write)
        try container.encode(flags, forKey: .flags)
        try container.encode(expiresAt, forKey: .expiresAt)
    }
}
