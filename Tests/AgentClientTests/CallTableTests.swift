import Testing

@testable import AgentClient

@Suite struct CallTableTests {
    @Test func `every call is found by its id, once, however long others wait`() {
        var table = CallTable<String>()
        var waiting: [Int64: String] = [:]
        var random = SystemRandomNumberGenerator()
        for id in Int64(1)...20_000 {
            table.insert("\(id)", id: id)
            waiting[id] = "\(id)"
            // Now and then many wait, and some for as long as the table is there.
            while waiting.count > (id / 2000 % 2 == 0 ? 40 : 700) {
                let some = waiting.keys.filter { $0 % 1000 != 1 }.randomElement(using: &random)!
                #expect(table.remove(some) == waiting.removeValue(forKey: some))
                #expect(table.remove(some) == nil)
            }
        }
        #expect(table.count == waiting.count)
        #expect(waiting[1] == "1")
        let even = table.removeAll { Int($0)! % 2 == 0 }
        #expect(even.sorted() == waiting.values.filter { Int($0)! % 2 == 0 }.sorted())
        #expect(even == even.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }, "the oldest first")
        #expect(table.removeAll { _ in true }.count == waiting.count - even.count)
        #expect(table.count == 0)
    }

    @Test func `ids that were never put in, or are negative, are nobody's`() {
        var table = CallTable<Int>()
        table.insert(1, id: 1)
        for id in [0, 2, -1, 257, 513, .max, .min] as [Int64] { #expect(table.remove(id) == nil) }
        #expect(table.remove(1) == 1)
    }

    @Test func `the counter may pass its end`() {
        var table = CallTable<Int>()
        var id = Int64.max - 300
        for number in 0..<1000 {
            table.insert(number, id: id)
            id &+= 1
        }
        id = .max - 300
        for number in 0..<1000 {
            #expect(table.remove(id) == number)
            id &+= 1
        }
    }
}
