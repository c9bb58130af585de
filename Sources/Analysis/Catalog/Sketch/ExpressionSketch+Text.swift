extension ExpressionSketch {
  /// The length of the longest text that every match has on its line, in bytes, for choices that of the shortest branch.
  /// Rather too long than too short: a few characters to choose from count as text, and nil, for an expression that isn't fully
  /// understood, is any length.
  var requiredText: Int? {
    let ways = runs
    return ways.contains(where: \.isUnknown) ? nil : ways.map(\.best).min()
  }

  /// How text runs through a part of an expression.
  private struct Run: Hashable {
    /// Length if the part is text as a whole.
    var whole: Int?
    /// Lengths of the text that it begins and ends with, and of the longest in it.
    var prefix = 0
    var suffix = 0
    var best = 0
    var isUnknown = false

    init(whole: Int) {
      self.whole = whole
      prefix = whole
      suffix = whole
      best = whole
    }

    init(best: Int = 0, isUnknown: Bool = false) {
      self.best = best
      self.isUnknown = isUnknown
    }

    func followed(by next: Run) -> Run {
      var result = Run(best: max(best, next.best, suffix + next.prefix), isUnknown: isUnknown || next.isUnknown)
      if let whole, let other = next.whole { result.whole = whole + other }
      result.prefix = whole.map { $0 + next.prefix } ?? prefix
      result.suffix = next.whole.map { $0 + suffix } ?? next.suffix
      return result
    }

    /// What holds of both.
    func or(_ other: Run) -> Run {
      var result = Run(best: min(best, other.best), isUnknown: isUnknown || other.isUnknown)
      if let whole, let other = other.whole { result.whole = min(whole, other) }
      result.prefix = min(prefix, other.prefix)
      result.suffix = min(suffix, other.suffix)
      return result
    }
  }

  /// Classes up to this size count as text: `[Ee]rror`.
  private static let smallSet = 8
  /// Ways through an expression that are kept apart.
  private static let mostWays = 32

  /// The ways through a part of an expression, one for each branch that matters.
  private var runs: Set<Run> {
    switch self {
    case .character(let bytes): return [Run(whole: bytes.count)]
    case .set(let set): return [set.count <= Self.smallSet && !set.hasOthers ? Run(whole: 1) : Run()]
    case .empty: return [Run(whole: 0)]
    case .unknown, .reference: return [Run(isUnknown: true)]
    case .sequence(let parts): return parts.reduce([Run(whole: 0)]) { Self.joined($0, $1.runs) }
    case .choice(let branches): return Self.limited(Set(branches.flatMap(\.runs)))
    case .group(let body, _, _): return body.runs
    case .lookaround(let body, let isPositive, _):
      var run = Run(whole: 0)
      guard isPositive, let inner = Self.merged(body.runs) else { return [run] }
      run.best = inner.best
      run.isUnknown = inner.isUnknown
      return [run]
    case .repetition(let body, let least, let most):
      let inner = body.runs
      if least == 0 { return most == 1 ? inner.union([Run(whole: 0)]) : [Run()] }
      if least == 1, most == 1 { return inner }
      return Set(
        inner.map { run in
          if least == most, let whole = run.whole { return Run(whole: min(whole * least, 1_000)) }
          var run = run
          run.whole = nil
          return run
        })
    }
  }

  private static func joined(_ left: Set<Run>, _ right: Set<Run>) -> Set<Run> {
    let (left, right) = left.count * right.count > mostWays ? (left, limited(right, to: 1)) : (left, right)
    return limited(Set(left.flatMap { first in right.map { first.followed(by: $0) } }))
  }

  private static func limited(_ runs: Set<Run>, to most: Int = mostWays) -> Set<Run> {
    runs.count > most ? Set([merged(runs)].compactMap(\.self)) : runs
  }

  private static func merged(_ runs: Set<Run>) -> Run? {
    runs.first.map { first in runs.reduce(first) { $0.or($1) } }
  }
}
