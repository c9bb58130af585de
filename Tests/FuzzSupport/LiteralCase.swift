import Analysis
import PCRE2

/// An expression and a text, for the question whether its literals are in the text if it matches.
package struct LiteralCase: Equatable {
  package var expression: String
  package var ignoreCase: Bool
  package var literal: Bool
  package var subject: [UInt8]

  package init(expression: String, ignoreCase: Bool = false, literal: Bool = false, subject: [UInt8]) {
    self.expression = expression
    self.ignoreCase = ignoreCase
    self.literal = literal
    self.subject = subject
  }

  /// Everything that is claimed of an expression: what it is searched by, what is looked for besides, and what its rarer ways lead to.
  package static func claims(_ expression: String, ignoreCase: Bool, literal: Bool) -> [LiteralSet] {
    let first = RequiredLiterals.of(expression, ignoreCase: ignoreCase, literal: literal)
    var claims = [first]
    claims += RequiredLiterals.further(
      expression, ignoreCase: ignoreCase, literal: literal, beside: first, rare: 0, telling: .infinity)
    for (spellsOut, limits) in [
      (true, LiteralLimits()), (false, LiteralLimits(alternatives: 3, rounds: 2)),
      (true, LiteralLimits(alternatives: 6, rounds: 3)),
    ] {
      claims.append(
        RequiredLiterals.of(
          expression, ignoreCase: ignoreCase, literal: literal, spellsOutPartners: spellsOut, limits: limits))
    }
    return claims
  }

  package var regex: Regex? {
    var options: Regex.Options = []
    if ignoreCase { options.insert(.ignoreCase) }
    if literal { options.insert(.literal) }
    return try? Regex(expression, options: options)
  }

  package static func matches(_ regex: Regex, _ subject: [UInt8]) -> Bool {
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: 20_000)
    let outcome = subject.withUnsafeBytes { matcher.firstMatch(of: regex, in: $0, from: 0) }
    if case .match = outcome { return true }
    return false
  }

  /// Whether PCRE2 finds a match in the text that a claim says can't be there.
  package var isCounterexample: Bool {
    guard let regex, Self.matches(regex, subject) else { return false }
    return !Self.claims(expression, ignoreCase: ignoreCase, literal: literal).allSatisfy { $0.allows(subject) }
  }

  /// A shorter counterexample from this one, by leaving out parts for as long as it stays one.
  package func minimal() -> LiteralCase {
    var best = self
    var didShrink = true
    while didShrink {
      didShrink = false
      for length in [32, 16, 8, 4, 3, 2, 1] {
        var at = 0
        while at < best.expression.unicodeScalars.count {
          var shorter = best
          var scalars = Array(best.expression.unicodeScalars)
          scalars.removeSubrange(at..<min(at + length, scalars.count))
          shorter.expression = String(String.UnicodeScalarView(scalars))
          if shorter.isCounterexample {
            best = shorter
            didShrink = true
          } else {
            at += 1
          }
        }
        at = 0
        while at < best.subject.count {
          var shorter = best
          shorter.subject.removeSubrange(at..<min(at + length, best.subject.count))
          if shorter.isCounterexample {
            best = shorter
            didShrink = true
          } else {
            at += 1
          }
        }
      }
      var plainer = best
      plainer.ignoreCase = false
      if best.ignoreCase, plainer.isCounterexample { best = plainer }
    }
    return best
  }
}
