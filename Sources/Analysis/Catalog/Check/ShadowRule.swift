import Model

/// Patterns that can never decide a build, because another one is found wherever they are and always beats them.
enum ShadowRule {
  static func check(_ files: [PatternFile]) -> [CatalogIssue] {
    let live = files.filter { $0.pattern?.retired == false }
    let patterns = live.compactMap(\.pattern)
    let byID = Dictionary(patterns.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    guard let program = try? ScanProgram(patterns.map(\.everywhere)) else { return [] }
    var warnings: [CatalogIssue] = []
    for file in live {
      guard let pattern = file.pattern, let winner = winner(over: pattern, program, byID) else { continue }
      var log = WarningLog(file: file)
      log.warn(
        "examples", "every hit is also a hit of \(winner.id), which always beats this pattern",
        "\(reason(winner, pattern)); narrow that one, raise this one's priority, or add a hit of its own")
      warnings += log.warnings
    }
    return warnings
  }

  /// The first pattern, by id, that finds all of this one's hits and beats it.
  private static func winner(over pattern: Pattern, _ program: ScanProgram, _ byID: [PatternID: Pattern]) -> Pattern? {
    var candidates: Set<PatternID>?
    for hit in pattern.examples.hits {
      let found = Set(ExampleRunner.scan(hit.text, program).findings.map(\.pattern))
      candidates = candidates.map { $0.intersection(found) } ?? found
      if candidates?.isEmpty == true { return nil }
    }
    return (candidates ?? []).sorted().compactMap { byID[$0] }.first { $0.beats(pattern) && $0.covers(pattern) }
  }

  private static func reason(_ winner: Pattern, _ loser: Pattern) -> String {
    if winner.fallback != loser.fallback { return "this one is a fallback" }
    if winner.priority != loser.priority { return "its priority is \(winner.priority), this one's \(loser.priority)" }
    return "at equal priority `failure` goes before `\(loser.verdict.rawValue)`"
  }
}

extension Pattern {
  /// The pattern without the limits that hold for whole logs.
  fileprivate var everywhere: Pattern {
    var pattern = self
    pattern.definition.scope = Scope()
    pattern.definition.tail = nil
    return pattern
  }

  /// Whether this is the better finding whatever their lines: non-fallback before fallback, then the higher priority, then not
  /// excusing before excusing.
  fileprivate func beats(_ other: Pattern) -> Bool {
    if fallback != other.fallback { return !fallback }
    if priority != other.priority { return priority > other.priority }
    return !verdict.excuses && other.verdict.excuses
  }

  /// Whether this pattern is tried on all lines that the other one is tried on, as far as can be told.
  fileprivate func covers(_ other: Pattern) -> Bool {
    let (own, others) = (definition, other.definition)
    let isWide = own.scope.isEmpty || own.scope == others.scope
    guard let tail = own.tail else { return isWide }
    return isWide && (others.tail.map { $0 <= tail } ?? false)
  }
}
