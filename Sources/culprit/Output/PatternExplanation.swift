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
    guard step.tier != .everyLine else { return ["searched by: nothing, every line is looked at"] + step.further.flatMap(besides) }
    var table = Table([.left, .left])
    for (literal, search) in zip(all, step.searches) {
      var remarks = remarks(literal)
      if !search.window.isEmpty, search.window != literal.bytes { remarks.append("found by \(Literal.quoted(search.window))") }
      if search.tier != step.tier { remarks.append(how(search.tier)) }
      table.add([Style.inert(literal.quoted), Style.inert(remarks.joined(separator: ", "))])
    }
    let heading = all.count == 1 ? "searched by (\(how(step.tier))):" : "searched by any of (\(how(step.tier))):"
    return [heading] + table.lines(indent: "  ") + step.further.flatMap(besides)
  }

  private func besides(_ set: LiteralSet) -> [String] {
    var table = Table([.left, .left])
    for literal in set.literals { table.add([Style.inert(literal.quoted), Style.inert(remarks(literal).joined(separator: ", "))]) }
    return [set.literals.count == 1 ? "tried only where the line holds:" : "tried only where the line holds any of:"]
      + table.lines(indent: "  ")
  }

  private func remarks(_ literal: Literal) -> [String] {
    (literal.anchoredAtStart ? ["at the start"] : []) + (literal.ignoreCase ? ["in any case"] : [])
  }

  private func how(_ tier: LiteralSearch.Tier) -> String {
    switch tier {
    case .never: "on no line"
    case .eights: "eight bytes at every fourth place, fastest"
    case .fours: "four bytes at every fourth place, fast"
    case .short: "four to six bytes at every place, fast enough"
    case .everyLine: "too short, every line is looked at"
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
      ("literals", .array(zip(step.literals.literals, step.searches).map { json($0, $1) })),
      ("further", .array(step.further.map { .array($0.literals.map { json($0, nil) }) })),
      ("slow", .array(step.slowness.map { .string($0) })),
    ])
  }

  /// The bytes also as hexadecimal digits: they need not be UTF-8 where a literal was cut.
  private func json(_ literal: Literal, _ search: LiteralSearch?) -> JSONText {
    var members: [(String, JSONText)] = [
      ("text", .string(String(decoding: literal.bytes, as: UTF8.self))), ("bytes", .string(hexadecimal(literal.bytes))),
      ("ignoreCase", .bool(literal.ignoreCase)), ("atStart", .bool(literal.anchoredAtStart)),
    ]
    if let search { members += [("tier", .string(search.tier.rawValue)), ("window", .string(hexadecimal(search.window)))] }
    return .object(members)
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
