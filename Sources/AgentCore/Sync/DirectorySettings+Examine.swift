package import TokenCore

extension DirectorySettings {
    /// What the source says of itself, and whether the configured canary is among its people.
    package func examine() async -> [DirectoryCheck] {
        let checks = await source.examine()
        // What follows a failure is left out.
        let isReached = checks.contains { $0.check == "connect" && $0.ok }
        let isRead = !checks.contains { $0.check == "search" && !$0.ok }
        guard let canary, isReached, isRead else { return checks }
        return checks + [await examine(canary)]
    }

    private func examine(_ canary: String) async -> DirectoryCheck {
        let found: [Person]
        do {
            let session = try await source.connect()
            let answer = await Result { () async throws(DirectoryError) in
                try await session.find(.login(canary))
            }
            await session.close()
            found = try answer.get()
        } catch {
            return DirectoryCheck(check: "canary", ok: false, detail: "\(error)")
        }
        guard let dn = found.first?.dn else {
            return DirectoryCheck(
                check: "canary", ok: false, detail: "nobody has the login “\(canary)”",
                advice: "no reading is complete without it: set canary to a login that is under base and "
                    + "matches filter, or leave it out")
        }
        return DirectoryCheck(check: "canary", ok: true, detail: dn)
    }
}
