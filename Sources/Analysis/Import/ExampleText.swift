/// Makes a line that an expression matches, where a rule file has none. Whether it does is for its user to prove.
struct ExampleText {
  private let repeats: Int
  private let entersLookaheads: Bool
  private var isWhole = true

  /// Lines worth trying, the plainest first.
  static func candidates(for expression: String) -> [String] {
    let sketch = ExpressionSketch(expression)
    var lines: [String] = []
    for repeats in [1, 0, 2, 4] {
      for entersLookaheads in [false, true] {
        var maker = ExampleText(repeats: repeats, entersLookaheads: entersLookaheads)
        let line = maker.text(of: sketch)
        if maker.isWhole, !line.contains("\n"), !line.contains("\r"), !lines.contains(line) { lines.append(line) }
      }
    }
    return lines
  }

  private init(repeats: Int, entersLookaheads: Bool) {
    self.repeats = repeats
    self.entersLookaheads = entersLookaheads
  }

  private mutating func text(of sketch: ExpressionSketch) -> String {
    switch sketch {
    case .character(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .set(let set): return set.samples(1).first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    case .empty: return ""
    case .unknown:
      isWhole = false
      return ""
    case .sequence(let parts): return parts.map { text(of: $0) }.joined()
    case .choice(let branches):
      // A branch that isn't understood, or that no line can match, is no loss where another is.
      for branch in branches where !branch.needsNewline {
        var maker = self
        let text = maker.text(of: branch)
        if maker.isWhole { return text }
      }
      isWhole = false
      return ""
    case .group(let body, _, _): return text(of: body)
    case .lookaround(let body, let isPositive):
      return isPositive && entersLookaheads ? text(of: body) + " " : ""
    case .repetition(let body, let least, let most):
      let count = min(max(least, repeats), most ?? .max)
      guard count <= 100 else {
        isWhole = false
        return ""
      }
      let once = text(of: body)
      return String(repeating: once, count: count)
    }
  }
}
