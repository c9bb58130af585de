import Analysis
import Model

/// One scan of one log, held against the plain loop.
struct Differential {
  let log: [UInt8]
  /// Each with a `match`.
  let patterns: [Pattern]
  let limits: ScanLimits
  /// Of the plain loop, whose interpreter counts more than machine code does.
  let plainMatchLimit: UInt32
  var simd: String?

  struct Outcome {
    var findings = 0
    /// Patterns that one of the two gave up, which are not compared.
    var givenUp = 0
    var scanSeconds = 0.0
    /// What is different, in words.
    var difference: String?
  }

  /// Nil if PCRE2 rejects a pattern.
  func run() -> Outcome? {
    guard let program = try? ScanProgram(patterns, simd: simd) else { return nil }
    var outcome = Outcome()
    let clock = ContinuousClock.now
    let scanned = scan(program, keepsTexts: false)
    outcome.scanSeconds = (ContinuousClock.now - clock) / .seconds(1)
    let plain = PlainLoop.scan(log, patterns, matchLimit: plainMatchLimit, limits: limits)
    let givenUp = plain.undecided.union(scanned.givenUp)
    outcome.givenUp = givenUp.count
    let compared = Set(patterns.map(\.id)).subtracting(givenUp)
    outcome.findings = scanned.found.count(of: compared)
    if let pattern = scanned.found.firstDifference(from: plain.found, among: compared) { outcome.difference = details(pattern) }
    return outcome
  }

  private func scan(_ program: ScanProgram, keepsTexts: Bool) -> (found: FindingDigests, givenUp: [PatternID]) {
    var found = FindingDigests(keepsTexts: keepsTexts)
    var scanner = LogScanner(program: program, limits: limits)
    log.withUnsafeBytes { scanner.scan($0) { found.add($0) } }
    let summary = scanner.finish { found.add($0) }
    return (found, summary.inconclusive.map(\.pattern))
  }

  /// With all the patterns again: it may hang on the others.
  private func details(_ id: PatternID) -> String {
    let expression = patterns.first { $0.id == id }?.definition.matcher.expressions.first ?? ""
    guard let program = try? ScanProgram(patterns, simd: simd) else { return "it doesn't compile" }
    let plain = PlainLoop.scan(log, patterns, matchLimit: plainMatchLimit, limits: limits, keepsTexts: true)
    return "\(id) \(expression): " + FindingDigests.describe(scan(program, keepsTexts: true).found, plain.found, of: id)
  }
}
