/// Columns of text, as wide as they must be.
struct Table {
  enum Side { case left, right }

  private let sides: [Side]
  private var rows: [[String]] = []

  init(_ sides: [Side]) { self.sides = sides }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  var isEmpty: Bool { rows.isEmpty }

  func lines(indent: String = "") -> [String] {
    let widths = sides.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = sides.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return sides[column] == .left ? row[column] + padding : padding + row[column]
      }
      var line = indent + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
