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

    @Test func `the groups of a process are those that proc tells of it, its own first`() {
        let status = "Name:\tt\nUid:\t5\t5\t5\t5\nGid:\t60\t61\t60\t60\nFDSize:\t64\nGroups:\t42 7 \n"
        #expect(AnsweringUser.groups(inStatus: status, of: 5) == [61, 42, 7])
        #expect(AnsweringUser.groups(inStatus: status, of: 6) == nil, "another process")
        #expect(AnsweringUser.groups(inStatus: "", of: 5) == nil)
    }
}
