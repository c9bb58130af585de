/// Lines that differ in one name only are of one family: a package that isn't found is the same failure whatever the package.
///
/// The same lines give the same families, in whatever order they come.
struct LineFamilies {
  /// The template of the family, by the key of the line's own one. Lines that have no kin are not there.
  private(set) var templates: [String: LineTemplate] = [:]
  /// The keys of the members by the key of the family.
  private(set) var members: [String: [String]] = [:]

  /// So many different names make a name of any word; of fewer, each must look like an identifier.
  private static let plainNames = 3

  init(_ lines: some Sequence<TellingLine>) {
    var distinct: [String: LineTemplate] = [:]
    for line in lines { distinct[line.key] = line.template }
    let keys = distinct.keys.sorted()
    let pieces = keys.map { Self.pieces(distinct[$0]!) }
    var isTaken = Array(repeating: false, count: keys.count)
    for kin in Self.kin(pieces) {
      let left = kin.lines.filter { !isTaken[$0] }
      let names = left.map { pieces[$0][kin.place].text }
      guard left.count >= Self.plainNames || (left.count == 2 && names.allSatisfy(Self.looksLikeIdentifier)) else { continue }
      let family = Self.joined(distinct[keys[left[0]]]!, pieces[left[0]], hole: kin.place)
      for line in left {
        isTaken[line] = true
        templates[keys[line]] = family
      }
      members[family.key, default: []] += left.map { keys[$0] }
    }
  }

  /// Lines that are equal but for the piece at one place, as indices; the largest groups first. A line may be in several.
  private static func kin(_ lines: [[Piece]]) -> [(lines: [Int], place: Int)] {
    // What is left of a line without one of its words is told by a sum, from which any one piece is easily taken out: whole copies would
    // fill the memory, as there is one for each word of each line.
    var numbers: [Piece: UInt64] = [:]
    var alike: [UInt64: [(line: Int, place: Int)]] = [:]
    for (index, line) in lines.enumerated() {
      var factor: UInt64 = 1
      let terms = line.map { piece -> (term: UInt64, hole: UInt64) in
        let number = numbers[piece, default: UInt64(numbers.count) + 1]
        numbers[piece] = number
        factor &*= 0x9E37_79B9_7F4A_7C15
        return (number &* factor, 0xD1B5_4A32_D192_ED03 &* factor)
      }
      let sum = terms.reduce(0) { $0 &+ $1.term }
      for place in line.indices where line[place].isName {
        alike[sum &- terms[place].term &+ terms[place].hole, default: []].append((index, place))
      }
    }
    return alike.values.compactMap { members -> (lines: [Int], place: Int)? in
      guard members.count > 1 else { return nil }
      let (first, place) = members[0]
      var rest = lines[first]
      rest[place] = .hole
      guard saysEnough(rest) else { return nil }
      // Two sums may be equal by chance.
      let same = members.filter { member in
        var other = lines[member.line]
        other[member.place] = .hole
        return other == rest
      }
      return same.count > 1 ? (same.map(\.line), place) : nil
    }.sorted { left, right in
      left.lines.count == right.lines.count
        ? (left.lines[0], left.place) < (right.lines[0], right.place) : left.lines.count > right.lines.count
    }
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

  /// The template of a line with a name in the place of one piece.
  private static func joined(_ template: LineTemplate, _ pieces: [Piece], hole: Int) -> LineTemplate {
    var parts: [LineTemplate.Part] = []
    var text = ""
    // Values of masks are not told by the pieces; the template has them in the same order.
    var masks = template.parts.filter { if case .mask = $0 { true } else { false } }[...]
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
    return LineTemplate(parts: parts)
  }
}
