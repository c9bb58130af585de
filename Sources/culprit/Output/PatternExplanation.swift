import Analysis
import Model

/// How a pattern is searched for, for people and for programs.
struct PatternExplanation {
  let id: String
  let pattern: Pattern
  let literals: PatternLiterals
  /// What `patterns check` warns about.
  let warnings: [String]

  private let limits = ScanLimits()

  init(id: String, pattern: Pattern, literals: PatternLiterals, warnings: [String]) {
    self.id = id
    self.pattern = pattern
    self.literals = literals
    self.warnings = warnings
  }

  // MARK: - For people

  func lines(_ style: Style) -> [String] {
    var lines = [style.bold(Style.inert(id)), ""]
    for step in literals.steps {
      lines.append("\(step.field): \(Style.inert(step.expression))")
      lines += searchedBy(step).map { "  " + $0 }
      lines += step.slowness.map { style.yellow("  slow: \(Style.inert($0))") }
    }
    if !warnings.isEmpty {
      lines += ["", "warnings of `culprit patterns check`:"]
      lines += warnings.map { "  " + Style.inert($0) }
    }
    lines += ["", "limits:"]
    var table = Table([.left, .left])
    for limit in limitTexts { table.add([limit.name, limit.text]) }
    return lines + table.lines(indent: "  ")
  }

  private func searchedBy(_ step: PatternLiterals.Step) -> [String] {
    guard case .literals(let all) = step.literals else { return ["searched by: nothing, tried on every line"] }
    var table = Table([.left, .left])
    for literal in all {
      var remarks: [String] = []
      if literal.anchoredAtStart { remarks.append("at the start") }
      if literal.ignoreCase { remarks.append("in any case") }
      if literal.window.bytes != literal.bytes { remarks.append("rarest part \(literal.window.quoted)") }
      table.add([Style.inert(literal.quoted), Style.inert(remarks.joined(separator: ", "))])
    }
    let heading = all.count == 1 ? "searched by (\(how(step.tier))):" : "searched by any of (\(how(step.tier))):"
    return [heading] + table.lines(indent: "  ")
  }

  private func how(_ tier: PatternLiterals.Tier) -> String {
    switch tier {
    case .long: "11 bytes or more, fastest"
    case .medium: "7 to 10 bytes, fast"
    case .short: "4 to 6 bytes, fast enough"
    case .everyLine: "too short, tried on every line"
    }
  }

  private var limitTexts: [(name: String, text: String)] {
    var texts: [(String, String)] = []
    if case .sequence(_, let within) = pattern.definition.matcher { texts.append(("within", "all steps in \(within) lines")) }
    if let tail = pattern.definition.tail { texts.append(("tail", "only the last \(tail) lines of a log")) }
    for field in Scope.Field.allCases {
      guard let expression = pattern.definition.scope.expressions[field] else { continue }
      texts.append(("where \(field.rawValue)", "only if it matches \(Style.inert(expression))"))
    }
    return texts + [
      ("match limit", "\(limits.matchLimit) steps from each start position"),
      ("time per line", "\(limits.lineNanoseconds / 1_000_000) ms above its share for each 64 KiB of it"),
      ("time per log", "\(limits.patternNanoseconds / 1_000_000) ms above its share"),
      ("stack", "\(limits.stackBytes / 1_024) KiB"),
      ("long lines", "matched in pieces of \(limits.windowBytes / 1_024) KiB that overlap by \(limits.overlapBytes / 1_024) KiB"),
      ("findings", "the first \(limits.findingsPerPattern) of a log; more are counted"),
    ]
  }

  // MARK: - For programs

  var json: JSONText {
    var limits: [(String, JSONText)] = [
      ("matchLimit", .number(Int(self.limits.matchLimit))),
      ("lineMilliseconds", .number(Int(self.limits.lineNanoseconds / 1_000_000))),
      ("logMilliseconds", .number(Int(self.limits.patternNanoseconds / 1_000_000))),
      ("stackBytes", .number(self.limits.stackBytes)),
      ("windowBytes", .number(self.limits.windowBytes)),
      ("overlapBytes", .number(self.limits.overlapBytes)),
      ("findings", .number(self.limits.findingsPerPattern)),
    ]
    if case .sequence(_, let within) = pattern.definition.matcher { limits.append(("within", .number(within))) }
    if let tail = pattern.definition.tail { limits.append(("tail", .number(tail))) }
    return .object([
      ("id", .string(id)), ("tier", .string(literals.tier.rawValue)), ("steps", .array(literals.steps.map(json))),
      ("warnings", .array(warnings.map { .string($0) })), ("limits", .object(limits)),
    ])
  }

  private func json(_ step: PatternLiterals.Step) -> JSONText {
    .object([
      ("field", .string(step.field)), ("expression", .string(step.expression)), ("tier", .string(step.tier.rawValue)),
      ("literals", .array(step.literals.literals.map(json))), ("slow", .array(step.slowness.map { .string($0) })),
    ])
  }

  /// The bytes also as hexadecimal digits: they need not be UTF-8 where a literal was cut.
  private func json(_ literal: Literal) -> JSONText {
    .object([
      ("text", .string(String(decoding: literal.bytes, as: UTF8.self))), ("bytes", .string(hexadecimal(literal.bytes))),
      ("ignoreCase", .bool(literal.ignoreCase)), ("atStart", .bool(literal.anchoredAtStart)),
      ("window", .string(hexadecimal(literal.window.bytes))),
    ])
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
