/// A line of a log with the pieces masked that differ from run to run.
package struct LineTemplate: Sendable, Equatable {
  /// In the order of the line; no two texts follow each other, and none is empty.
  package internal(set) var parts: [Part]

  package enum Part: Sendable, Equatable {
    case text(String)
    case mask(MaskKind, value: String)

    /// What stands there in the line.
    var value: String {
      switch self {
      case .text(let text): text
      case .mask(_, let value): value
      }
    }
  }

  /// Equal for lines that are the same but for what is masked.
  package var key: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      // A control character that no cleaned line has in its text, as lines with one are never taken.
      case .mask(let kind, value: _): "\u{1}\(kind.rawValue)\u{1}"
      }
    }.joined()
  }

  /// The words of its texts, with two letters or more.
  var words: [Substring] { texts.flatMap { Self.words(in: $0) } }

  static func words(in text: String) -> [Substring] {
    text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.filter { $0.count > 1 && $0.contains(where: \.isLetter) }
  }

  /// Whether its texts say enough for a pattern: some words, and one of them long enough to be searched for.
  var saysEnough: Bool {
    let words = words
    return words.count >= 2 && words.reduce(0) { $0 + $1.count } >= 10 && words.contains { $0.count >= 4 }
  }

  private var texts: [String] {
    parts.compactMap { part in
      if case .text(let text) = part { text } else { nil }
    }
  }
}
