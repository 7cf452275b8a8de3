import TokenCore
import TokenStorage

extension FullReading {
    /// That many are disabled no more counts only where the attribute by which they were can still be seen:
    /// rights to it that were withdrawn make everybody look enabled. A few may be so at once, and nobody can
    /// tell.
    func confirmEnabled(_ findings: Findings, _ session: any DirectorySession) async throws {
        let most = directory.limits.removalsMax
        let enabled = findings.sightings.turned.filter { change in
            change.was == .disabled && change.person.standing == .present
        }
        guard enabled.count > most else { return }
        for (attribute, count) in try await reasons(of: enabled.map(\.person.id)) where count > most {
            guard try await !session.shows(attribute) else { continue }
            throw DirectoryError.incomplete(
                server: findings.server,
                reason: "\(count) people are disabled no more, and nobody shows \(attribute), by which they "
                    + "were: let the bind DN read it")
        }
    }

    /// By which attributes these people were disabled, and how many by each.
    private func reasons(of people: [OwnerID]) async throws -> [String: Int] {
        try await store.read { reader in
            try people.reduce(into: [:]) { counts, id in
                if let reason = try reader.person(id)?.person.disabled { counts[reason, default: 0] += 1 }
            }
        }
    }
}
