/// Makes a line that an expression matches, where a rule file has none. Whether it does is for its user to prove.
struct ExampleText {
  private let repeats: Int
  private let entersLookaheads: Bool
  private let entersLookbehinds: Bool
  private var isWhole = true
  /// What groups hold, by number and by name.
  private var captured: [String: String] = [:]

  /// Lines worth trying, the plainest first.
  static func candidates(for expression: String) -> [String] {
    let sketch = ExpressionSketch(expression)
    var lines: [String] = []
    for repeats in [1, 0, 2, 4] {
      for entersLookaheads in [false, true] {
        // What must stand before mostly does so only by the lookbehind's word: `(?<=error: )\w+`.
        for entersLookbehinds in [true, false] {
          var maker = ExampleText(
            repeats: repeats, entersLookaheads: entersLookaheads, entersLookbehinds: entersLookbehinds)
          let line = maker.text(of: sketch)
          if maker.isWhole, !line.contains("\n"), !line.contains("\r"), !lines.contains(line) { lines.append(line) }
        }
      }
    }
    return lines
  }

  private init(repeats: Int, entersLookaheads: Bool, entersLookbehinds: Bool) {
    self.repeats = repeats
    self.entersLookaheads = entersLookaheads
    self.entersLookbehinds = entersLookbehinds
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
        if maker.isWhole {
          self = maker
          return text
        }
      }
      isWhole = false
      return ""
    case .group(let body, let number, let name):
      let text = text(of: body)
      if let number { captured["\(number)"] = text }
      if let name { captured[name] = text }
      return text
    case .reference(let group): return captured[group] ?? ""
    case .lookaround(let body, let isPositive, let isBehind):
      guard isPositive, isBehind ? entersLookbehinds : entersLookaheads else { return "" }
      return text(of: body) + (isBehind ? "" : " ")
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
