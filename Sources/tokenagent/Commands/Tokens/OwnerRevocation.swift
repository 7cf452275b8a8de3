import AgentProtocol
import Foundation

/// Ends all tokens of one owner, one after the other: each is judged and is durable by itself.
///
/// Whose they are is settled once, as an identity and not as a name, and each token's owner is held against
/// that: names can be given to somebody else meanwhile, and the daemon takes them without regard to case.
struct OwnerRevocation {
    let session: Session
    let reason: String?
    /// Do not ask before.
    let isSure: Bool

    /// Of tokens that are made while others are being revoked there are no more rounds than this.
    private static let roundsMax = 4

    func run(_ reference: OwnerReference) async throws(CommandError) -> ExitStatus {
        let (owner, known) = try await self.owner(reference)
        let all = try await tokens(of: owner)
        let name =
            if let name = known ?? all.first?.owner.full.printable { name } else {
                try await nameWithoutTokens(of: owner)
            }
        let tokens = all.filter(Self.isLive)
        guard !tokens.isEmpty else {
            try session.say("\(name) has no token that could be revoked.")
            return .done
        }
        guard try isWanted("Revoke \(tokens.count.tokens) of \(name)?") else {
            session.terminal.complain("nothing was done")
            return .refused
        }
        return try await revoke(tokens, of: owner, name)
    }

    // MARK: Whose

    /// A name has to be the owner's own, to the letter. With what they are called, where that is known.
    private func owner(_ reference: OwnerReference) async throws(CommandError) -> (OwnerKey, String?) {
        switch reference {
        case .key(let key): return (key, nil)
        case .label(let label):
            let user: User
            do throws(CommandError) {
                user = try await session.inquire(UserShow(user: reference)).user
            } catch {
                if error.isNotFound {
                    session.terminal.complain("if a service is meant: --service \(label.printable)")
                }
                throw error
            }
            guard Self.isExactly(label, user) else { throw .otherOwner(asked: label, found: user.login) }
            return (OwnerKey(source: user.source, id: user.id), Self.name(of: user))
        }
    }

    /// Of an identity that no token tells of. A person is known all the same, and has nothing to end; one
    /// that is not may be a slip of the pen. Services are known by their tokens alone.
    private func nameWithoutTokens(of owner: OwnerKey) async throws(CommandError) -> String {
        let unknown = CommandError.noOwner("\(owner.source):\(owner.id)")
        guard owner.source != Owner.serviceSource else { throw unknown }
        do throws(CommandError) {
            return Self.name(of: try await session.inquire(UserShow(user: .key(owner))).user)
        } catch {
            throw error.isNotFound ? unknown : error
        }
    }

    private static func name(of user: User) -> String {
        Owner(source: user.source, id: user.id, login: user.login, email: user.email).full.printable
    }

    static func isExactly(_ label: String, _ user: User) -> Bool {
        [user.login, user.email].compactMap(\.self).contains { Self.isSame($0, label) }
    }

    static func isOf(_ owner: OwnerKey, _ token: TokenMetadata) -> Bool {
        isSame(token.owner.source, owner.source) && isSame(token.owner.id, owner.id)
    }

    /// Byte by byte: Swift takes texts for equal that are spelled differently.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.elementsEqual(other.utf8)
    }

    /// All pages before the first is revoked, so that none is passed over.
    private func tokens(of owner: OwnerKey) async throws(CommandError) -> [TokenMetadata] {
        var params = TokenList()
        params.owner = .key(owner)
        params.limit = Limits.listMax
        var found: [TokenMetadata] = []
        repeat {
            let page = try await session.inquire(params)
            found += page.tokens.filter { Self.isOf(owner, $0) }
            params.cursor = page.nextCursor
        } while params.cursor != nil
        return found
    }

    private static func isLive(_ token: TokenMetadata) -> Bool {
        token.state != .revoked && token.state != .purged
    }

    // MARK: Whether

    private func isWanted(_ question: String) throws(CommandError) -> Bool {
        if isSure { return true }
        guard isatty(STDIN_FILENO) == 1, session.terminal.errorIsTerminal else {
            throw .unconfirmed(question: question)
        }
        return session.terminal.confirm(question)
    }

    // MARK: Doing it

    private func revoke(
        _ first: [TokenMetadata], of owner: OwnerKey, _ name: String
    ) async throws(CommandError) -> ExitStatus {
        // The one that is asked with has to be good until the end.
        let own = try await session.inquire(AgentWhoami()).token
        var (done, rest) = (0, first.filter { $0.id != own?.id })
        let outcome: Result<Void, CommandError>
        do throws(CommandError) {
            for _ in 0..<Self.roundsMax where !rest.isEmpty {
                let all = max(first.count, done + rest.count)
                for token in rest {
                    if try await revoke(token) { done += 1 }
                    progress("revoked \(done) of \(all)")
                }
                // Whoever has the laptop may have made another one meanwhile.
                rest = try await tokens(of: owner).filter { Self.isLive($0) && $0.id != own?.id }
            }
            if let own, rest.isEmpty, first.contains(where: { $0.id == own.id }), try await revoke(own) {
                done += 1
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        progress("")
        if case .failure = outcome {
            session.terminal.complain(
                "revoked \(done.tokens) of \(name), and then stopped; the same command goes on")
        }
        try outcome.get()
        try session.say("Revoked \(done.tokens) of \(name): refused from now on.")
        guard rest.isEmpty else {
            session.terminal.complain(
                "\(rest.count.tokens) made meanwhile, again and again: take the right to make them away first"
            )
            return .refused
        }
        return .done
    }

    private func progress(_ line: String) {
        if session.terminal.errorIsTerminal { session.terminal.progress(line) }
    }

    /// False of one that is not there any more: its tombstone had its time.
    private func revoke(_ token: TokenMetadata) async throws(CommandError) -> Bool {
        do throws(CommandError) {
            _ = try await session.ask(TokenRevoke(id: token.id, reason: reason))
            return true
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
    }
}
