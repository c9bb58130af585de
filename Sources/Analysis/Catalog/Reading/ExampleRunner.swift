import Model

/// Holds examples against a pattern with the engine that scans logs, so that they prove what a scan will do: the text is
/// cleaned, cut into lines and searched as a log is. `where` and `tail` are left aside; they are about whole logs.
struct ExampleRunner {
  private let definition: MatchDefinition
  private let program: ScanProgram

  /// - Throws: `ScanProgram.CompileError` if an expression doesn't compile.
  init(_ definition: MatchDefinition) throws(ScanProgram.CompileError) {
    self.definition = definition
    program = try ScanProgram([Self.bare(definition)])
  }

  /// Why an example doesn't hold.
  struct Failure {
    let message: String
    var hint: String?
    /// The capture that differs, if one does.
    var capture: String?
  }

  /// Nil if the text is found and, in one finding, all captures are as expected.
  func failure(ofHit example: Pattern.Example) -> Failure? {
    let (findings, inconclusive) = Self.scan(example.text, program)
    if findings.contains(where: { differing(example, $0) == nil }) { return nil }
    if let inconclusive { return Self.gaveUp(inconclusive) }
    guard let first = findings.first, let name = differing(example, first) else {
      return Failure(message: "is not found by the pattern: \(OneLine.quoted(example.text))", hint: hint(for: example))
    }
    let expected = example.captures[name] ?? ""
    let found = first.capture(name).map { "\(OneLine.quoted($0))" } ?? "not part of the match"
    return Failure(message: "capture \(name) is \(found), not \(OneLine.quoted(expected))", capture: name)
  }

  /// Nil if the text is not found.
  func failure(ofMiss example: Pattern.Example) -> Failure? {
    let (findings, inconclusive) = Self.scan(example.text, program)
    guard let first = findings.first else { return inconclusive.map(Self.gaveUp) }
    return Failure(
      message: "is found by the pattern: \(OneLine.quoted(first.matched))",
      hint: "narrow the expression, or move the example to `hit`")
  }

  /// The first finding in an example's text.
  func firstFinding(in text: String) -> Finding? { Self.scan(text, program).findings.first }

  /// The first expected capture, in order of the names, that the finding doesn't have.
  private func differing(_ example: Pattern.Example, _ finding: Finding) -> String? {
    example.captures.keys.sorted().first { finding.capture($0) != example.captures[$0] }
  }

  private static func gaveUp(_ reason: Inconclusive.Reason) -> Failure {
    Failure(
      message: "could not be searched to the end (\(reason.rawValue))",
      hint: "the expression backtracks too much; avoid a repetition within a repetition")
  }

  /// What would have made the example a hit.
  private func hint(for example: Pattern.Example) -> String? {
    if !definition.ignoreCase {
      var relaxed = definition
      relaxed.ignoreCase = true
      if Self.finds(relaxed, example.text) { return "it would be with `ignore-case: true`" }
    }
    if let relaxed = definition.withoutPossessives, Self.finds(relaxed, example.text) {
      return "a possessive repetition (`++`) takes more than it should and gives nothing back"
    }
    guard case .sequence(let steps, within: let within) = definition.matcher else { return nil }
    for (index, step) in steps.enumerated()
    where !Self.finds(MatchDefinition(matcher: .match(step)), example.text, definition.ignoreCase) {
      return "no line matches step \(index + 1)"
    }
    var wider = definition
    wider.matcher = .sequence(steps, within: PatternReader.withinRange.upperBound)
    if Self.finds(wider, example.text) { return "not all steps lie within \(within) lines" }
    return "each step must match a later line than the one before"
  }

  private static func finds(_ definition: MatchDefinition, _ text: String, _ ignoreCase: Bool? = nil) -> Bool {
    var definition = definition
    definition.ignoreCase = ignoreCase ?? definition.ignoreCase
    guard let program = try? ScanProgram([bare(definition)]) else { return false }
    return !scan(text, program).findings.isEmpty
  }

  // MARK: - The engine

  /// A pattern that only has what an example is held against.
  private static func bare(_ definition: MatchDefinition) -> Pattern {
    let matcher = MatchDefinition(matcher: definition.matcher, ignoreCase: definition.ignoreCase)
    return Pattern(id: PatternID("example"), title: "", definition: matcher, verdict: .failure)
  }

  static func scan(_ text: String, _ program: ScanProgram) -> (findings: [Finding], inconclusive: Inconclusive.Reason?) {
    let result = scanText(Array(text.utf8), program: program, names: nil)
    return (result.findings, result.summary.inconclusive.first?.reason)
  }
}

extension MatchDefinition {
  /// The same expressions with repetitions that give back what they took; nil if there are none that don't.
  fileprivate var withoutPossessives: MatchDefinition? {
    func relaxed(_ expression: String) -> String {
      ["*", "+", "?", "}"].reduce(expression) { $0.replacing("\($1)+", with: $1) }
    }
    var result = self
    switch matcher {
    case .match(let expression): result.matcher = .match(relaxed(expression))
    case .literal: return nil
    case .sequence(let steps, within: let within): result.matcher = .sequence(steps.map(relaxed), within: within)
    }
    return result == self ? nil : result
  }
}
