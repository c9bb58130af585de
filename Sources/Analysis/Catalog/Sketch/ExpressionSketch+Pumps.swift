extension ExpressionSketch {
  /// A text that may make an expression backtrack when its middle is repeated.
  struct Pump: Hashable {
    let prefix: [UInt8]
    let middle: [UInt8]
  }

  /// A text for each repetition without a narrow bound, which leads to it and then goes round in it.
  var pumps: [Pump] {
    var collector = PumpCollector()
    _ = collector.walk(self, after: [])
    return collector.pumps
  }

  /// A text that the expression probably matches: repetitions as often as they must, at least `rounds` times if they may.
  func sample(rounds: Int) -> [UInt8] {
    switch self {
    case .character(let bytes): return bytes
    case .set(let set): return set.samples(1).first ?? []
    case .empty, .unknown, .lookaround, .reference: return []
    case .sequence(let parts): return parts.flatMap { $0.sample(rounds: rounds) }
    case .choice(let branches): return branches.first?.sample(rounds: rounds) ?? []
    case .group(let body, _, _): return body.sample(rounds: rounds)
    case .repetition(let body, let least, let most):
      let count = min(max(least, min(rounds, most ?? rounds)), PumpCollector.mostRounds)
      return Array(repeatElement(body.sample(rounds: rounds), count: count).joined())
    }
  }

  /// Different texts that the expression may match, for going round in it in different ways.
  fileprivate var variants: [[UInt8]] {
    switch self {
    case .set(let set): return set.samples(3)
    case .choice(let branches):
      return branches.prefix(4).flatMap(\.variants) + [branches.prefix(4).flatMap { $0.sample(rounds: 1) }]
    case .group(let body, _, _): return body.variants
    case .repetition(let body, _, _): return body.variants
    default: return [sample(rounds: 0), sample(rounds: 1)]
    }
  }
}

/// Walks through an expression with a text that leads there.
private struct PumpCollector {
  private(set) var pumps: [ExpressionSketch.Pump] = []

  static let mostPumps = 12
  static let mostRounds = 10
  private static let longestPrefix = 2_000

  /// Returns a text that the part matches.
  mutating func walk(_ part: ExpressionSketch, after prefix: [UInt8]) -> [UInt8] {
    switch part {
    case .character, .set, .empty, .unknown, .reference:
      return part.sample(rounds: 0)
    case .sequence(let parts):
      var text: [UInt8] = []
      for part in parts where prefix.count + text.count < Self.longestPrefix { text += walk(part, after: prefix + text) }
      return text
    case .choice(let branches):
      var first: [UInt8]?
      for branch in branches {
        let text = walk(branch, after: prefix)
        first = first ?? text
      }
      return first ?? []
    case .group(let body, _, _):
      return walk(body, after: prefix)
    case .lookaround(let body, _, _):
      _ = walk(body, after: prefix)
      return []
    case .repetition(let body, _, let most):
      let inside = walk(body, after: prefix)
      if most ?? Int.max > Self.mostRounds {
        for middle in body.variants where !middle.isEmpty { add(ExpressionSketch.Pump(prefix: prefix, middle: middle)) }
      }
      let sample = part.sample(rounds: 0)
      return sample.isEmpty ? [] : sample.count > inside.count ? sample : inside
    }
  }

  private mutating func add(_ pump: ExpressionSketch.Pump) {
    if pumps.count < Self.mostPumps, !pumps.contains(pump) { pumps.append(pump) }
  }
}
