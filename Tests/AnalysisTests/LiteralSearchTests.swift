import FuzzSupport
import Model
import Testing

@testable import Analysis

/// What `patterns explain` tells is what the filter does.
@Suite struct LiteralSearchTests {
  private func explained(_ expression: String, among others: [String] = []) -> PatternLiterals.Step {
    PatternLiterals(
      MatchDefinition(matcher: .match(expression)), among: others.map { MatchDefinition(matcher: .match($0)) }
    ).steps[0]
  }

  /// Each literal as its window and its tier.
  private func searches(_ expression: String, among others: [String] = []) -> [String] {
    explained(expression, among: others).searches.map { "\(Literal.quoted($0.window)) \($0.tier.rawValue)" }
  }

  /// So many that long ones are looked for by 8-grams.
  private static let many = (0..<120).map { "some text with the number \($0)" }

  @Test(
    arguments: [
      ("^ab\\w", [#""" every-line"#]),
      ("abc\\w", [#""" every-line"#]),
      // One that is too short spoils it for the others.
      ("abcdef|^ab", [#""" every-line"#, #""" every-line"#]),
      ("^abc\\w", [#""\nabc" short"#]),
      ("^abcde\\w", [#""\nabcde" short"#]),
      ("^abcdef\\d", [#""\nabcdef" fours"#]),
      ("abc\ndefg|ghij", [#""" never"#, #""ghij" short"#]),
      (".*", []),
    ] as [(String, [String])])
  func newlinesBeforeALineCount(_ expression: String, _ expected: [String]) { #expect(searches(expression) == expected) }

  @Test func manyLongLiteralsAreLookedForByEights() {
    let alone = explained("no space left on device").searches[0]
    #expect(alone.tier == .fours && alone.window.count == 7)
    let among = explained("no space left on device", among: Self.many).searches[0]
    #expect(among.tier == .eights && among.window.count == 11)
    #expect(searches("no space left on device", among: Array(Self.many.prefix(98))) == searches("no space left on device"))
    #expect(explained("^abcdefg\\d", among: Self.many).tier == .fours)
  }

  @Test func slownessSaysTheSame() {
    for expression in ["^ab\\w", "^abc\\w", "abc", "abcd", "x|abcdef", ".*", "abc\ndef", "(?i)é", "(?i)^abcs", "x\ny|abcdef"] {
      let step = explained(expression)
      let isSlow = step.slowness.contains { $0.contains("every line") }
      #expect(isSlow == (step.tier == .everyLine), "\(expression): \(step.slowness)")
    }
  }

  /// Where a gram of a step's literals is in the filter's tables.
  private struct Entry: Hashable {
    let tier: LiteralSearch.Tier
    let gram: [UInt8]
  }

  /// What the tables hold of the literals of a step.
  private func entered(_ step: Int, _ literals: [Literal], in filter: LiteralFilter) -> Set<Entry> {
    var found: Set<Entry> = []
    func look(_ table: GramTable?, _ tier: LiteralSearch.Tier, _ gram: ArraySlice<UInt8>) {
      let number = gram.reversed().reduce(0) { $0 << 8 | UInt64($1) }
      for place in table?.places(of: number) ?? UnsafeBufferPointer(start: nil, count: 0) {
        let literal = filter.tables.literals.base[Int(place.literal)]
        let steps = (literal.firstStep..<literal.firstStep + literal.stepCount).map { filter.tables.steps.base[Int($0)] }
        if steps.contains(UInt32(step)) { found.insert(Entry(tier: tier, gram: Array(gram))) }
      }
    }
    for literal in literals {
      let folded = literal.searchedBytes.map { $0 | 0x20 }
      for start in folded.indices {
        if start + 8 <= folded.count { look(filter.tables.sampled?.eights, .eights, folded[start..<start + 8]) }
        guard start + 4 <= folded.count else { continue }
        look(filter.tables.sampled?.fours, .fours, folded[start..<start + 4])
        look(filter.tables.shorts?.fours, .short, folded[start..<start + 4])
      }
    }
    return found
  }

  /// What they must hold if the searches are as told.
  private func told(_ searches: [LiteralSearch]) -> Set<Entry> {
    var entries: Set<Entry> = []
    for search in searches {
      let folded = search.window.map { $0 | 0x20 }
      let (width, count) =
        switch search.tier {
        case .eights: (8, 4)
        case .fours: (4, 4)
        case .short: (4, 1)
        case .never, .everyLine: (0, 0)
        }
      for start in 0..<count { entries.insert(Entry(tier: search.tier, gram: Array(folded[start..<start + width]))) }
    }
    return entries
  }

  @Test(arguments: [false, true]) func tiersAndWindowsAreThoseOfTheFilter(hasMany: Bool) {
    var generator = ExpressionGenerator(seed: 77)
    let fixed = [
      "^abc\\w", "^ab\\w", "^abcdef\\d", "(?i)^abcs", "abc", "abcdef|^ab", ".*", "no space left on device",
      "(?:connection|sock) reset",
      "(?i)disk", "abc\ndefg|ghij", "abc\ndefg", "^" + (0..<40).map { "word\($0)" }.joined(separator: " "),
    ]
    let expressions = fixed + (0..<400).map { _ in generator.expression().source }
    let catalogue = expressions + (hasMany ? Self.many : [])
    let definitions = catalogue.map { MatchDefinition(matcher: .match($0)) }
    let sets = catalogue.map { RequiredLiterals.of($0, ignoreCase: false, literal: false) }
    let filter = LiteralFilter(sets, further: sets.map { _ in [] }, kernels: .chosen)
    let plan = LiteralPlan(sets)
    #expect((filter.tables.sampled?.eights != nil) == plan.usesEights && (plan.usesEights || !hasMany))
    for (step, set) in sets.enumerated().prefix(expressions.count) {
      let searches = plan.searches(set)
      #expect(
        filter.always.contains(step) == (searches.isEmpty || searches.contains { $0.tier == .everyLine }), "\(catalogue[step])")
      #expect(entered(step, set.literals, in: filter) == told(searches), "\(catalogue[step])")
    }
    for step in fixed.indices {
      // Each the same as when explained by itself, which takes all of the catalogue to be read.
      #expect(PatternLiterals(definitions[step], among: definitions).steps[0].searches == plan.searches(sets[step]))
    }
  }
}
