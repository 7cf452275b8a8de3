/// Rows under headings, in aligned columns.
struct Table {
    struct Column {
        let heading: String
        /// Never cut, because a part of it is worth nothing: ids.
        var isWhole = false

        init(_ heading: String, isWhole: Bool = false) {
            self.heading = heading
            self.isWhole = isWhole
        }
    }

    var columns: [Column]
    var rows: [[Cell]] = []

    private static let gap = "  "
    /// What a column keeps when the terminal is too narrow for all.
    private static let cutMin = 8

    func text(_ style: Style) -> String {
        let widths = widths(style.width)
        let headings = columns.map { Cell($0.heading, .bold) }
        return ([headings] + rows).map { line($0, widths, style) }.joined(separator: "\n")
    }

    /// Without the headings: to go on under rows that were shown before.
    func rowsText(_ style: Style) -> String {
        let widths = widths(style.width)
        return rows.map { line($0, widths, style) }.joined(separator: "\n")
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
        var line = ""
        for (index, (cell, width)) in zip(cells, widths).enumerated() {
            let text = cell.text.cut(to: width)
            let isLast = index == cells.count - 1
            line += style.paint(text, cell.colour)
            // Nothing after the last column, which would wrap, or be copied along.
            if !isLast { line += String(repeating: " ", count: width - text.columns) + Self.gap }
        }
        return line
    }

    /// As wide as the widest cell; on a terminal the widest columns give way until all fit.
    private func widths(_ room: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].heading.columns) { max($0, $1[index].text.columns) }
        }
        guard let room else { return widths }
        var excess = widths.reduce(0, +) + Self.gap.count * (columns.count - 1) - room
        while excess > 0 {
            let cuttable = columns.indices.filter { !columns[$0].isWhole && widths[$0] > Self.cutMin }
            guard let widest = cuttable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
