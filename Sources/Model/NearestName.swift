/// Finds what a person meant by a name that doesn't exist.
package enum NearestName {
  /// The nearest of the given names, or nil if none is near enough to be worth suggesting.
  package static func of(_ name: String, among names: [String]) -> String? {
    let spelled = normalized(name)
    if let same = names.first(where: { normalized($0) == spelled }) { return same }
    let allowed = max(1, spelled.count / 3)
    let ranked = names.map { (name: $0, distance: distance(spelled, normalized($0))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= allowed else { return nil }
    return best.name
  }

  /// `Ignore_Case` and `ignoreCase` are `ignore-case` in other habits of spelling.
  private static func normalized(_ name: String) -> [UInt8] {
    Array(name.lowercased().utf8.prefix(64)).filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
  }

  /// The number of insertions, deletions, replacements and swaps of neighbours between two names
  /// (optimal string alignment).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var rows = [Array(0...right.count)]
    for (i, a) in left.enumerated() {
      var row = [i + 1]
      for (j, b) in right.enumerated() {
        var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == right[j - 1], b == left[i - 1] { cost = min(cost, rows[i - 1][j - 1] + 1) }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
