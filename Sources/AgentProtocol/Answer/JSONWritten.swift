/// A result that is written by hand, as `ResultEncoder` would write it: what comes often, or in hundreds.
protocol JSONWritten {
    /// At least what `write` takes.
    var room: Int { get }
    func write(into output: inout JSONOutput)
}

extension CreatedToken: JSONWritten {
    var room: Int {
        metadata.room + JSONOutput.room(for: token.exposed) + JSONOutput.room(for: userCode)
            + JSONOutput.room(for: passCode.exposed)
    }

    func write(into output: inout JSONOutput) { metadata.write(with: self, into: &output) }
}

extension TokenMetadata: JSONWritten {
    /// The names and four times take less than 512 bytes.
    var room: Int {
        let labels = [owner.source, owner.id, owner.login, owner.email ?? ""]
        return ([id, audience, name, state.rawValue] + labels + flags).reduce(512) {
            $0 + JSONOutput.room(for: $1) + 1
        }
    }

    func write(into output: inout JSONOutput) { write(with: nil, into: &output) }

    /// Sorted by name, as every result is; a token just made has three members more among them.
    fileprivate func write(with created: CreatedToken?, into output: inout JSONOutput) {
        output.write(raw: #"{"audience":"#)
        output.write(audience)
        output.write(raw: #","created_at":"#)
        output.write(createdAt)
        output.write(raw: #","expires_at":"#)
        output.write(expiresAt)
        output.write(raw: #","flags":"#)
        output.write(flags)
        output.write(raw: #","id":"#)
        output.write(id)
        output.write(raw: #","last_used_at":"#)
        output.write(lastUsedAt)
        output.write(raw: #","name":"#)
        output.write(name)
        output.write(raw: #","owner":{"email":"#)
        output.write(owner.email)
        output.write(raw: #","id":"#)
        output.write(owner.id)
        output.write(raw: #","login":"#)
        output.write(owner.login)
        output.write(raw: #","source":"#)
        output.write(owner.source)
        output.write(raw: "}")
        if let created {
            output.write(raw: #","pass_code":"#)
            output.write(created.passCode.exposed)
        }
        output.write(raw: #","retrievable":"#)
        output.write(retrievable)
        output.write(raw: #","state":"#)
        output.write(state.rawValue)
        if let created {
            output.write(raw: #","token":"#)
            output.write(created.token.exposed)
        }
        output.write(raw: #","updated_at":"#)
        output.write(updatedAt)
        if let created {
            output.write(raw: #","user_code":"#)
            output.write(created.userCode)
        }
        output.write(raw: #","write":"#)
        output.write(write)
        output.write(raw: "}")
    }
}

extension TokenList.Answer: JSONWritten {
    var room: Int { tokens.reduce(64 + JSONOutput.room(for: nextCursor ?? "")) { $0 + $1.room + 1 } }

    func write(into output: inout JSONOutput) {
        output.write(raw: #"{"next_cursor":"#)
        output.write(nextCursor)
        output.write(raw: #","tokens":["#)
        for (index, token) in tokens.enumerated() {
            if index > 0 { output.write(raw: ",") }
            token.write(into: &output)
        }
        output.write(raw: "]}")
    }
}
