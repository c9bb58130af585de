import Model

/// Findings of the same failure must have something in common; what differs from run to run keeps them apart.
enum RunNoiseRule {
  static func check(_ pattern: Pattern, _ log: inout WarningLog) {
    if pattern.groupBy.isEmpty {
      checkOpenEnd(pattern, &log)
    } else {
      checkGroupBy(pattern, &log)
    }
  }

  /// The whole match is what groups, and it runs on to the end of the line.
  private static func checkOpenEnd(_ pattern: Pattern, _ log: inout WarningLog) {
    guard let last = CheckedExpression.all(of: pattern.definition).last, case .open(let captures) = last.sketch.openEnd else {
      return
    }
    let hint =
      captures.isEmpty
      ? "leave it off: a match need not reach the end of the line" : "say with `group-by` which captures make two failures the same"
    log.warn(last.field, "takes in whatever stands at the end of the line, so that no two findings are the same failure", hint)
  }

  /// Every example shows a value that can't be the same twice.
  private static func checkGroupBy(_ pattern: Pattern, _ log: inout WarningLog) {
    guard let runner = try? ExampleRunner(pattern.definition) else { return }
    let findings = pattern.examples.hits.compactMap { runner.firstFinding(in: $0.text) }
    for name in pattern.groupBy {
      let values = findings.compactMap { $0.capture(name) }
      guard let first = values.first, values.allSatisfy(RunNoise.isNoise) else { continue }
      log.warn(
        "group-by", "groups by \(OneLine.quoted(name)), which differs from run to run: \(OneLine.quoted(first))",
        "group by what stays the same when the failure comes again")
    }
  }
}
