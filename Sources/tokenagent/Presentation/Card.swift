/// One thing, a line for each thing known of it.
struct Card {
    private var lines: [(label: String, cell: Cell)] = []

    init() {}

    mutating func add(_ label: String, _ cell: Cell) { lines.append((label, cell)) }

    /// What is not there is left out.
    mutating func add(_ label: String, _ text: String?) {
        if let text, !text.isEmpty { add(label, Cell(text)) }
    }

    func text(_ style: Style) -> String {
        let width = lines.map(\.label.columns).max() ?? 0
        return lines.map { line in
            style.paint(line.label.padded(to: width), .faint) + "  "
                + style.paint(line.cell.text, line.cell.colour)
        }.joined(separator: "\n")
    }
}
