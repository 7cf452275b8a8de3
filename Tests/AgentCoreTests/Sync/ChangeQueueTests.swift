import Testing
import TokenCore

@testable import AgentCore

/// What a watch has told while nobody could look.
struct ChangeQueueTests {
    private func person(_ id: String, _ login: String) -> Person {
        Person(id: OwnerID(source: "corp", id: id), login: login, dn: "uid=\(login)")
    }

    private func set(
        _ cookie: UInt8, _ upserts: [Person] = [], gone: [String] = [], because incompleteness: String? = nil
    ) -> ChangeSet {
        var set = ChangeSet(
            upserts: upserts, hints: gone, cookie: FakeDirectory.cookie(cookie),
            incompleteness: incompleteness)
        set.departures = Set(gone)
        return set
    }

    @Test func theLatestWordOnSomebodyCounts() {
        let queue = ChangeQueue()
        #expect(queue.take() == nil)
        queue.put(set(1, [person("1", "a"), person("2", "b")], gone: ["3", "4"]))
        queue.put(set(2, [person("1", "A"), person("3", "c")], gone: ["2"]))
        let all = queue.take()
        #expect(all?.upserts.map(\.login) == ["A", "c"])
        #expect(all?.hints == ["4", "2"])
        #expect(all?.departures == ["4", "2"])
        #expect(all?.cookie == FakeDirectory.cookie(2))
        #expect(queue.take() == nil)
    }

    @Test func whatIsReadInFullNeedsNoList() {
        let queue = ChangeQueue()
        queue.put(set(1, [person("1", "a")]))
        queue.put(set(2, because: "it forgot"))
        queue.put(set(3, [person("2", "b")], gone: ["1"]))
        #expect(queue.take() == set(3, because: "it forgot"))
    }

    @Test func moreThanAFewThousandPeopleAreNotKept() {
        let queue = ChangeQueue()
        for round in 0..<3 {
            for number in 0..<ChangeQueue.peopleMax {
                queue.put(set(UInt8(round), [person("\(number)", "p\(round)")]))
            }
        }
        #expect(queue.take()?.upserts.count == ChangeQueue.peopleMax)
        for number in 0...ChangeQueue.peopleMax { queue.put(set(4, [person("\(number)", "p")])) }
        queue.put(set(5, [person("x", "x")]))
        let all = queue.take()
        #expect(all?.mustReadFully == true && all?.upserts.isEmpty == true)
        #expect(all?.cookie == FakeDirectory.cookie(5))
    }
}
