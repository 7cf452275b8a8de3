import AgentProtocol
import Foundation
import Testing

@testable import tokenagent

@Suite struct PresentationTests {
    static let now = WireTime("2026-11-21T18:54:43Z") ?? .earliest

    static func style(width: Int? = nil, colours: Bool = false, zone: String = "UTC") -> Style {
        var style = Style(now: now)
        style.width = width
        style.hasColours = colours
        style.timeZone = TimeZone(identifier: zone) ?? .gmt
        return style
    }

    private static let people = Table(
        columns: [.init("ID", isWhole: true), .init("NAME"), .init("STATE")],
        rows: [
            [Cell("NFWIevo8"), Cell("Ada"), Cell("active", .green)],
            [Cell("x"), Cell("Charles Babbage the Elder"), Cell("gone", .red)],
        ])

    @Test func `columns are as wide as their widest cell, and the last one is not padded`() {
        #expect(
            Self.people.text(Self.style()) == """
                ID        NAME                       STATE
                NFWIevo8  Ada                        active
                x         Charles Babbage the Elder  gone
                """)
    }

    @Test func `on a narrow terminal the widest column gives way, and ids never do`() {
        #expect(
            Self.people.text(Self.style(width: 34)) == """
                ID        NAME              STATE
                NFWIevo8  Ada               active
                x         Charles Babbage…  gone
                """)
    }

    @Test func `a terminal too narrow for anything still shows whole ids`() {
        let lines = Self.people.text(Self.style(width: 3)).split(separator: "\n")
        #expect(lines[1] == "NFWIevo8  Ada       active")
    }

    @Test func `colours are around the text, and do not move the columns`() {
        let lines = Self.people.text(Self.style(colours: true)).split(separator: "\n")
        #expect(lines[1] == "NFWIevo8  Ada                        \u{1B}[32mactive\u{1B}[0m")
    }

    @Test(arguments: [
        ("abc", 3), ("", 0), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("🙂", 2), ("한", 2), ("Ａ", 2), ("–", 1),
    ])
    func `the columns of a text are counted as a terminal shows it`(text: String, columns: Int) {
        #expect(text.columns == columns)
    }

    @Test func `a wide character is never cut in half`() {
        #expect("日本語".cut(to: 4) == "日…")
        #expect("日本語".cut(to: 6) == "日本語")
    }

    @Test(arguments: ["\u{1B}[2J", "a\nb", "\u{202E}abc", "\u{9B}31m", "\u{7}", "\u{2028}"])
    func `what would steer the terminal is not passed on`(text: String) {
        #expect(Cell(text).text.contains("\u{FFFD}"))
        #expect(!Cell(text).text.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test func `names keep their accents and their emoji`() {
        #expect(Cell("Zoë 👩‍🔬 日本").text == "Zoë 👩‍🔬 日本")
    }

    @Test func `a card leaves out what is not there, and aligns the rest`() {
        var card = Card()
        card.add("id", "1")
        card.add("nothing", nil)
        card.add("empty", "")
        card.add("email", "a@b")
        #expect(card.text(Self.style()) == "id     1\nemail  a@b")
    }
}
