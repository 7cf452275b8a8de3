import Foundation
import Testing

@testable import TokenStorage

struct TextListTests {
    @Test(arguments: [
        [], [""], ["a"], ["a", "b"], ["\""], ["\\", "\n\u{0}"], [",", "],["], ["ü", "👩‍🚒", "\u{7f}"],
    ])
    func aListComesBackAndIsJSON(_ list: [String]) throws {
        let text = TextList.encode(list)
        #expect(try TextList.decode(text) == list)
        #expect(try JSONDecoder().decode([String].self, from: Data(text.utf8)) == list)
    }

    @Test(arguments: ["", "[", "x", "[1]", "{\"a\":1}", "[\"a\"", "\"a\""])
    func whatIsNoListIsDamage(_ text: String) {
        #expect(throws: StorageError.self) { try TextList.decode(text) }
    }

    @Test func spacesAsOtherProgramsWriteThemAreRead() throws {
        #expect(try TextList.decode(" [ \"a\" , \"b\" ] ") == ["a", "b"])
    }
}
