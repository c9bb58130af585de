/// What an expression is made of, as far as it says which text a match must hold.
///
/// Every text that a part of an expression can match, its tree can match too; the tree may match more.
package indirect enum ExpressionTree: Hashable, Sendable {
  /// Any text, the empty one included: whatever isn't understood or too wide to be of use.
  case anything
  /// No text, perhaps only at some places: `\b`, `$`, what must not follow.
  case empty
  /// No text, and only at the start of the subject.
  case start
  /// A text as it stands, but for the case of ASCII's letters.
  case text([UInt8], ignoreCase: Bool)
  case sequence([ExpressionTree])
  case choice([ExpressionTree])
  /// `most` is nil where there is no upper bound.
  case repetition(ExpressionTree, least: Int, most: Int?)
  /// A text that is on the line, ahead of here or behind, and isn't part of the match.
  case look(ExpressionTree)
}

extension ExpressionTree {
  /// The parts in their order, as simple as can be.
  static func joined(_ parts: [ExpressionTree]) -> ExpressionTree {
    var result: [ExpressionTree] = []
    for part in parts where part != .empty {
      switch (result.last, part) {
      case (.text(let bytes, let ignoreCase), .text(let more, let ignoresMore)) where ignoreCase == ignoresMore:
        result[result.count - 1] = .text(bytes + more, ignoreCase: ignoreCase)
      case (.anything, .anything): break
      default: result.append(part)
      }
    }
    return result.isEmpty ? .empty : result.count == 1 ? result[0] : .sequence(result)
  }
}
