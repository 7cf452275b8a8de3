/// The attribute whose values a source's stable ids are.
package struct IDAttribute: Hashable, Sendable {
    package var name: String
    /// Chosen by what the server and its people show (`id: auto`), which may be another one tomorrow.
    package var isAutomatic: Bool

    package init(_ name: String, isAutomatic: Bool) {
        self.name = name
        self.isAutomatic = isAutomatic
    }

    /// Nobody known by another attribute would be found by this one, and where it takes any value, all of
    /// them would be said to be nowhere. So it makes no difference who chose it.
    package func check(knownBy former: String?, server: String) throws(DirectoryError) {
        guard let former, former.lowercased() != name.lowercased() else { return }
        throw .incomplete(
            server: server,
            reason: isAutomatic
                ? "id: auto is \(name) by now, and people are known by \(former): set id: \(former), or give "
                    + "the directory another name"
                : "people are known by \(former); the configuration now says \(name): put id back, or give "
                    + "the directory another name")
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
