import Model
import PCRE2

/// A set of patterns, compiled. Immutable: any number of scans on any threads share one.
package struct ScanProgram: Sendable {
  /// In order of their ids.
  package let patterns: [CompiledPattern]
  /// The steps of all patterns, in the patterns' order.
  let steps: [Step]
  /// Of each pattern what a scan needs to begin.
  let outlines: [Outline]
  /// Tells which steps a segment need not be searched for.
  let filter: LiteralFilter
  /// The largest number of groups of any expression.
  let mostCaptures: Int
  /// Bytes before a window that any of the expressions may look back at, and never fewer than a kilobyte.
  let contextBytes: Int
  /// The largest `tail` of any pattern; 0 if there is none.
  let longestTail: Int

  /// A pattern and its expressions.
  package struct CompiledPattern: Sendable {
    package let pattern: Pattern
    /// One for `match` and `literal`, one per step for a sequence.
    let steps: [Regex]
    /// Where its steps begin among those of the program.
    fileprivate(set) var firstStep = 0
    /// The lines that all steps of a sequence must lie in; 0 if the pattern is none.
    let within: Int
    /// For each step what a segment must hold to match.
    let literals: [LiteralSet]
    /// And what besides.
    let further: [[LiteralSet]]
    let scope: [(field: Scope.Field, regex: Regex)]

    var isSequence: Bool { within > 0 }
  }

  /// One expression of one pattern.
  struct Step: Sendable {
    let regex: Regex
    /// Index of its pattern.
    let pattern: Int
    /// From 0; always 0 if the pattern is no sequence.
    let number: Int
    let isOfSequence: Bool
    /// How many groups the steps before it have.
    let capturesBefore: Int
  }

  /// What of a pattern every scan of a log looks at, be it a few lines, and be there thousands of patterns; so without a reference to count.
  struct Outline: BitwiseCopyable {
    let steps: Int
    /// As in `CompiledPattern`.
    let within: Int
    let tail: Int?
    /// Whether the log's names matter.
    let isScoped: Bool
  }

  /// An expression of a pattern that PCRE2 rejects.
  package struct CompileError: Error, CustomStringConvertible {
    package let pattern: PatternID
    /// `match`, `literal`, `sequence[2]`, `where.job`.
    package let field: String
    package let cause: PCRE2Error

    package var description: String { "pattern \(pattern): \(field): \(cause)" }
  }

  /// Whether any of the patterns is tried on logs of that name. A name that PCRE2 can't decide about is not.
  package func applies(to names: LogNames) -> Bool {
    var matcher = Matcher(mostCaptures: mostCaptures, matchLimit: ScanLimits().matchLimit)
    return patterns.contains { $0.applies(to: names, matcher: &matcher) }
  }

  /// - Throws: `CompileError` for the first expression that doesn't compile. Retired patterns are left out.
  package init(_ patterns: [Pattern]) throws(CompileError) { try self.init(patterns, kernels: .chosen) }

  /// - Parameter simd: which instructions to use, as `CULPRIT_SIMD` names them; the fastest if it is nil or this processor lacks them.
  package init(_ patterns: [Pattern], simd: String?) throws(CompileError) {
    try self.init(patterns, kernels: simd.flatMap(Kernels.init(named:)) ?? .chosen)
  }

  init(_ patterns: [Pattern], kernels: Kernels) throws(CompileError) {
    var compiled: [CompiledPattern] = []
    let results = patterns.filter { !$0.retired }.mapConcurrently { pattern in
      Result { () throws(CompileError) in try CompiledPattern(pattern) }
    }
    for result in results { compiled.append(try result.get()) }
    compiled.sort { $0.pattern.id < $1.pattern.id }
    var steps: [Step] = []
    for (index, pattern) in compiled.enumerated() {
      compiled[index].firstStep = steps.count
      var captures = 0
      for (number, regex) in pattern.steps.enumerated() {
        steps.append(
          Step(regex: regex, pattern: index, number: number, isOfSequence: pattern.isSequence, capturesBefore: captures))
        captures += regex.captureCount
      }
    }
    self.patterns = compiled
    self.steps = steps
    outlines = compiled.map {
      Outline(steps: $0.steps.count, within: $0.within, tail: $0.pattern.definition.tail, isScoped: !$0.scope.isEmpty)
    }
    filter = LiteralFilter(compiled.flatMap(\.literals), further: compiled.flatMap(\.further), kernels: kernels)
    mostCaptures = compiled.flatMap(\.steps).map(\.captureCount).max() ?? 0
    contextBytes = max(1_024, 4 * (steps.map(\.regex.longestLookbehind).max() ?? 0))  // a character has four bytes at most
    longestTail = outlines.compactMap(\.tail).max() ?? 0
  }
}

extension ScanProgram.CompiledPattern {
  init(_ pattern: Pattern) throws(ScanProgram.CompileError) {
    func compile(_ expression: String, _ options: Regex.Options, _ field: String) throws(ScanProgram.CompileError) -> Regex {
      do throws(PCRE2Error) {
        return try Regex(expression, options: options)
      } catch {
        throw ScanProgram.CompileError(pattern: pattern.id, field: field, cause: error)
      }
    }
    let definition = pattern.definition
    let options: Regex.Options = definition.ignoreCase ? .ignoreCase : []
    var steps: [Regex] = []
    switch definition.matcher {
    case .match(let expression):
      steps.append(try compile(expression, options, "match"))
      within = 0
    case .literal(let text):
      steps.append(try compile(text, options.union(.literal), "literal"))
      within = 0
    case .sequence(let expressions, let within):
      for (index, expression) in expressions.enumerated() {
        steps.append(try compile(expression, options, "sequence[\(index + 1)]"))
      }
      self.within = within
    }
    var scope: [(Scope.Field, Regex)] = []
    for field in Scope.Field.allCases {
      guard let expression = definition.scope.expressions[field] else { continue }
      scope.append((field, try compile(expression, [], "where.\(field.rawValue)")))
    }
    self.pattern = pattern
    self.steps = steps
    let isLiteral = if case .literal = definition.matcher { true } else { false }
    let expressions = definition.matcher.expressions
    let literals = expressions.map { RequiredLiterals.of($0, ignoreCase: definition.ignoreCase, literal: isLiteral) }
    self.literals = literals
    further = zip(expressions, literals).map {
      RequiredLiterals.further($0, ignoreCase: definition.ignoreCase, literal: isLiteral, beside: $1)
    }
    self.scope = scope
  }

  /// Whether findings have a capture of that name, or of that number in digits.
  package func hasCapture(_ key: String) -> Bool { CaptureNames(steps).contains(key) }

  /// Whether the log's names are those that the pattern is limited to. A name that PCRE2 can't decide about is not.
  func applies(to names: LogNames, matcher: inout Matcher) -> Bool {
    for (field, regex) in scope {
      var name = names[field]
      let outcome = name.withUTF8 { matcher.firstMatch(of: regex, in: UnsafeRawBufferPointer($0), from: 0) }
      guard case .match = outcome else { return false }
    }
    return true
  }
}
