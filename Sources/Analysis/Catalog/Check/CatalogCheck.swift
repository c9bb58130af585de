import Model

/// Warnings about patterns that are valid but will give trouble. Files with errors are left out.
package struct CatalogCheck {
  private let files: [PatternFile]
  private let today: CalendarDay

  /// - Parameter today: what `review-by` is held against.
  package init(_ reading: CatalogReading, today: CalendarDay) {
    files = reading.files.filter { $0.pattern != nil }
    self.today = today
  }

  /// In the order in which they are told; the same for the same files and day. Runs every expression on long texts made
  /// to trouble it, which takes a few milliseconds per pattern.
  package func warnings() -> [CatalogIssue] {
    var warnings: [CatalogIssue] = []
    for file in files {
      guard let pattern = file.pattern else { continue }
      var log = WarningLog(file: file)
      ReviewRule.check(pattern, today: today, &log)
      if !pattern.retired {
        for expression in CheckedExpression.all(of: pattern.definition) {
          ExpressionRules.check(expression, &log)
          BacktrackingRule.check(expression, &log)
        }
        RunNoiseRule.check(pattern, &log)
      }
      warnings += log.warnings
    }
    warnings += ShadowRule.check(files)
    return CatalogIssue.inOrder(warnings)
  }
}
