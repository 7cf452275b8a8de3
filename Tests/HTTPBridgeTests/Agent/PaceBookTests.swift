import Testing

@testable import HTTPBridge

struct PaceBookTests {
    private let key = PaceBook.Key(client: "c", login: "alice")
    private let start = ContinuousClock.now

    @Test("Each wrong password doubles the wait, up to a second; the right one ends it")
    func doubles() {
        var book = PaceBook()
        var delays: [Duration] = []
        for _ in 1...6 {
            delays.append(book.delay(key, at: start))
            book.note(key, wrong: true, at: start)
        }
        #expect(delays == [0, 100, 200, 400, 800, 1000].map { .milliseconds($0) })
        #expect(book.delay(.init(client: "d", login: "alice"), at: start) == .zero)
        #expect(book.delay(key, at: start + PaceBook.forgottenAfter) == .zero)
        book.note(key, wrong: false, at: start)
        #expect(book.delay(key, at: start) == .zero)
    }

    @Test("However many logins are tried, the book stays small, and remembers the latest")
    func staysSmall() {
        var book = PaceBook()
        for number in 0..<20_000 {
            let key = PaceBook.Key(client: "c", login: "\(number)")
            book.note(key, wrong: true, at: start + .milliseconds(number))
        }
        #expect(book.count <= PaceBook.keysMax)
        let last = PaceBook.Key(client: "c", login: "19999")
        #expect(book.delay(last, at: start + .seconds(20)) > .zero)
    }
}
