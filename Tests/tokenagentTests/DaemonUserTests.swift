import Testing

@testable import tokenagent

/// Whom a doctor takes for the daemon's user.
struct DaemonUserTests {
    private func judge(
        _ answering: UInt32?, _ database: UInt32?, _ lock: UInt32?, _ folder: UInt32?
    ) -> (UInt32, DaemonUser.Evidence)? {
        DaemonUser(answering: answering, database: database, lock: lock, folder: folder).map {
            ($0.uid, $0.evidence)
        }
    }

    @Test func `whoever answers, else the owner of what a daemon leaves, else of the folder`() throws {
        #expect(try #require(judge(0, 5, 5, 5)) == (0, .answer))
        #expect(try #require(judge(5, 0, 0, 0)) == (5, .answer))
        #expect(try #require(judge(nil, 5, 0, 6)) == (5, .database))
        #expect(try #require(judge(nil, nil, 5, 6)) == (5, .lock))
        #expect(try #require(judge(nil, nil, nil, 5)) == (5, .folder))
        #expect(judge(nil, nil, nil, nil) == nil)
    }

    @Test func `a database of root's may be laid down by hand, or be a daemon's of root`() throws {
        #expect(try #require(judge(nil, 0, 5, 5)) == (5, .lock))
        #expect(try #require(judge(nil, 0, 0, 5)) == (0, .lock))
        #expect(try #require(judge(nil, 0, nil, 5)) == (5, .folder))
    }
}
