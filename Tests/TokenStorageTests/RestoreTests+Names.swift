import Testing
import TokenCore

@testable import TokenStorage

extension RestoreTests {
    @Test func `a name that two tokens have where the trail is broken keeps nothing from being restored`()
        async throws
    {
        _ = try await fixture.backedUp()
        try await fixture.reopened { store in
            for number in UInt64(2)...3 {
                try await store.change(number, .tokenUpdated) { $0.flags = ["x"] }
            }
            try await store.change(4, .tokenRevealed) { _ in }
            for number in [UInt64(1), 4] { try await store.end(number, .revoked) }
            try await store.change(2, .tokenUpdated) { $0.name = "n1" }
            try await store.change(3, .tokenUpdated) { $0.name = "n4" }
        }
        // The first of the two lines by which names became free.
        try fixture.tamper("UPDATE audit SET by = 'x' WHERE seq = 8")
        let report = try fixture.restore { $0.unknown = .accept }
        #expect(report.loss == .broken(after: 7))
        #expect(report.carriedOver == [token(3).id])
        #expect(report.revoked == [token(2).id, token(4).id])
        #expect(
            try await fixture.endings() == [2: .revoked, 4: .revoked], "of the first one nothing is proved")
    }
}
