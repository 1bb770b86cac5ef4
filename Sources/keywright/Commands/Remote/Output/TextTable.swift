/// A table with aligned columns, one line a row.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []

    /// An empty table.
    init(_ header: String...) {
        self.header = header
    }

    /// Adds a row; an empty or missing cell shows as a dash.
    mutating func add(_ cells: String?...) {
        rows.append(cells.map { cell in cell.flatMap { $0.isEmpty ? nil : TerminalText.escaping($0) } ?? "-" })
    }

    /// The header line and the rows.
    var text: String {
        TextTable.aligned([header] + rows, separator: "  ")
    }

    /// Names and values, one pair a line; a value with several lines stays in its column.
    static func details(_ pairs: [(name: String, lines: [String])]) -> String {
        aligned(
            pairs.flatMap { pair -> [[String]] in
                let lines = pair.lines.isEmpty ? ["-"] : pair.lines.map { TerminalText.escaping($0) }
                return lines.enumerated().map { [$0.offset == 0 ? pair.name : "", $0.element] }
            }, separator: "  "
        )
    }

    private static func aligned(_ rows: [[String]], separator: String) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                let width = DisplayWidth.of(cell)
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], width)
            }
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - DisplayWidth.of(cell))
            }.joined(separator: separator)
        }.joined(separator: "\n")
    }
}
