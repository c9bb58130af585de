import PCRE2

/// Holds what is claimed of random expressions against what PCRE2 finds.
package struct LiteralFuzzer {
  private var generator: ExpressionGenerator
  /// Expressions that PCRE2 took, those of them of which anything is claimed, and texts that matched one of these.
  package private(set) var expressions = 0
  package private(set) var claiming = 0
  package private(set) var matches = 0

  package init(seed: UInt64) { generator = ExpressionGenerator(seed: seed) }

  /// Tries one expression on some texts. Returns a counterexample if there is one.
  package mutating func step() -> LiteralCase? {
    let expression = generator.expression()
    var random = SplitMix64(seed: generator.random.next())
    var tried = LiteralCase(
      expression: expression.source, ignoreCase: random.once(in: 3), literal: random.once(in: 25), subject: [])
    guard let regex = tried.regex else { return nil }
    expressions += 1
    let claims = LiteralCase.claims(tried.expression, ignoreCase: tried.ignoreCase, literal: tried.literal)
    guard claims.contains(where: { $0 != .any }) else { return nil }
    claiming += 1
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: 20_000)
    for round in 0..<24 {
      tried.subject = tried.literal && round < 8 ? Array(tried.expression.utf8) : expression.sample(&random)
      guard case .match = tried.subject.withUnsafeBytes({ matcher.firstMatch(of: regex, in: $0, from: 0) }) else { continue }
      matches += 1
      for claim in claims where !claim.allows(tried.subject) { return tried }
    }
    return nil
  }
}
