/// Joins clusters whose lines differ in one name only: a package that isn't found is the same failure whatever the package.
enum ClusterMerge {
  /// So many different names make a name of any word; of fewer, each must look like an identifier.
  private static let plainNames = 3

  static func merged(_ clusters: [FailureCluster]) -> [FailureCluster] {
    let pieces = clusters.map { Self.pieces($0.template) }
    // By what is left of a line without one of its words: the clusters, and which word it is.
    var alike: [[Piece]: [(cluster: Int, place: Int)]] = [:]
    for (cluster, line) in pieces.enumerated() {
      for place in line.indices where line[place].isName {
        var rest = line
        rest[place] = .hole
        guard saysEnough(rest) else { continue }
        alike[rest, default: []].append((cluster, place))
      }
    }
    var isTaken = Array(repeating: false, count: clusters.count)
    var result: [FailureCluster] = []
    let groups = alike.values.filter { $0.count > 1 }.sorted {
      // The clusters of a group are in their order, so that the first one and the place tell groups apart.
      $0.count == $1.count ? ($0[0].cluster, $0[0].place) < ($1[0].cluster, $1[0].place) : $0.count > $1.count
    }
    for group in groups {
      let members = group.filter { !isTaken[$0.cluster] }
      let names = members.map { pieces[$0.cluster][$0.place].text }
      guard members.count >= plainNames || (members.count == 2 && names.allSatisfy(looksLikeIdentifier)) else { continue }
      for member in members { isTaken[member.cluster] = true }
      result.append(joined(members.map { clusters[$0.cluster] }, pieces[members[0].cluster], hole: members[0].place))
    }
    return result + clusters.indices.filter { !isTaken[$0] }.map { clusters[$0] }
  }

  private enum Piece: Hashable {
    case word(String)
    case other(String)
    case mask(MaskKind)
    case hole

    var text: String {
      switch self {
      case .word(let text), .other(let text): text
      case .mask, .hole: ""
      }
    }

    var isName: Bool { if case .word = self { true } else { false } }
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_.@/+-".contains(character))
  }

  private static func pieces(_ template: LineTemplate) -> [Piece] {
    template.parts.flatMap { part -> [Piece] in
      guard case .text(let text) = part else {
        guard case .mask(let kind, value: _) = part else { return [] }
        return [.mask(kind)]
      }
      return pieces(text)
    }
  }

  private static func pieces(_ text: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text[...]
    while let first = rest.first {
      let isName = isNamePart(first)
      let run = rest.prefix { isNamePart($0) == isName }
      rest = rest[run.endIndex...]
      // A point at the end belongs to the sentence.
      let end =
        isName
        ? run.count - (run.lastIndex { $0 != "." && $0 != "-" }.map { run.distance(from: run.startIndex, to: $0) + 1 } ?? 0) : 0
      let name = run.dropLast(end)
      if !name.isEmpty { pieces.append(isName ? .word(String(name)) : .other(String(name))) }
      if end > 0 { pieces.append(.other(String(run.suffix(end)))) }
    }
    return pieces
  }

  /// Whether enough is left that only the name can be what differs by chance.
  private static func saysEnough(_ pieces: [Piece]) -> Bool {
    let words = pieces.filter(\.isName).flatMap { LineTemplate.words(in: $0.text) }
    return words.count >= 3 && words.reduce(0) { $0 + $1.count } >= 14
  }

  private static func looksLikeIdentifier(_ name: String) -> Bool {
    name.contains { $0.isNumber || "_.@/+-".contains($0) } || name.dropFirst().contains(where: \.isUppercase)
  }

  private static func joined(_ clusters: [FailureCluster], _ pieces: [Piece], hole: Int) -> FailureCluster {
    var parts: [LineTemplate.Part] = []
    var text = ""
    // Values of masks are not told by the pieces; the first cluster's line has them in the same order.
    var masks = clusters[0].template.parts.filter { if case .mask = $0 { true } else { false } }[...]
    for (place, piece) in pieces.enumerated() {
      var mask: LineTemplate.Part?
      if place == hole {
        mask = .mask(.name, value: piece.text)
      } else if case .mask = piece {
        mask = masks.popFirst()
      } else {
        text += piece.text
      }
      guard let mask else { continue }
      if !text.isEmpty { parts.append(.text(text)) }
      parts.append(mask)
      text = ""
    }
    if !text.isEmpty { parts.append(.text(text)) }
    let members = clusters.flatMap { zip($0.builds, $0.lines) }.sorted { $0.0 < $1.0 }
    return FailureCluster(template: LineTemplate(parts: parts), builds: members.map(\.0), lines: members.map(\.1))
  }
}
