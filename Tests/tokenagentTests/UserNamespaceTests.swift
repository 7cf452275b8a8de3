import Testing

@testable import tokenagent

struct UserNamespaceTests {
    @Test(arguments: [
        ("         0          0 4294967295\n", true, 4_294_967_295),
        // PrivateUsers=yes of systemd: root, and the daemon's own user.
        ("0 0 1\n998 998 1\n", false, 2),
        // A container without root: a user, and numbers of their own.
        ("0 1000 1\n1 100000 65536\n", false, 65537), ("0 1000 1\n", false, 1),
        ("0 100000 4294967295\n", false, 4_294_967_295),
    ]) func `only who sees all users by their own numbers sees callers as they are`(
        map: String, isInitial: Bool, users: UInt64
    ) throws {
        let namespace = try #require(UserNamespace(map: map))
        #expect(namespace.isInitial == isInitial && namespace.users == users)
        #expect((namespace.warning == nil) == isInitial)
    }

    @Test(arguments: ["", "x", "0 0\n", "0 0 0\n"]) func `what is no map says nothing`(map: String) {
        #expect(UserNamespace(map: map) == nil)
    }
}
