/// The attribute whose values a source's stable ids are.
package struct IDAttribute: Hashable, Sendable {
    package var name: String
    /// Chosen by what the server and its people show (`id: auto`), which may be another one tomorrow.
    package var isAutomatic: Bool

    package init(_ name: String, isAutomatic: Bool) {
        self.name = name
        self.isAutomatic = isAutomatic
    }

    /// Nobody known by another attribute would be found by this one, or be seen to leave.
    package func check(knownBy former: String?, server: String) throws(DirectoryError) {
        guard isAutomatic, let former, former.lowercased() != name.lowercased() else { return }
        throw .incomplete(
            server: server,
            reason: "id: auto is \(name) by now, and people are known by \(former): set id: \(former), or "
                + "id: \(name) if everybody is to be somebody else")
    }
}

extension DirectorySession {
    /// Ends the session if it knows people by another attribute than the last accepted reading did.
    package func checkID(knownBy former: String?) async throws(DirectoryError) {
        guard former != nil else { return }
        do throws(DirectoryError) {
            try await idAttribute()?.check(knownBy: former, server: server)
        } catch {
            await close()
            throw error
        }
    }
}
