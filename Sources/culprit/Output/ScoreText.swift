import Analysis

/// A score in its formats.
struct ScoreText {
  private let score: Score

  init(_ score: Score) { self.score = score }

  var plain: String {
    var lines = [
      "\(score.logs) marked logs: \(score.explained) explained (\(share(score.explained))), \(score.right) by the marked line (\(share(score.right)))"
    ]
    for wrong in score.wrong {
      lines.append("")
      lines.append("\(wrong.log):")
      lines.append("  expected line \(wrong.expected.line)\(quoted(wrong.expected.text))")
      guard let found = wrong.found else {
        lines.append("  found nothing")
        continue
      }
      lines.append(
        "  found line \(found.line)\(quoted(found.text)) by \(found.pattern)\(found.isFallback ? ", a fallback" : "")")
    }
    return lines.map(Style.inert).joined(separator: "\n") + "\n"
  }

  private func share(_ count: Int) -> String { PatternText.share(count, of: score.logs) }

  private func quoted(_ text: String) -> String { text.isEmpty ? "" : ": \(text.prefix(160))" }

  var json: JSONText {
    .object([
      ("logs", .number(score.logs)), ("explained", .number(score.explained)), ("right", .number(score.right)),
      (
        "wrong",
        .array(
          score.wrong.map { wrong in
            .object([
              ("log", .string(wrong.log)), ("expected", .number(wrong.expected.line)),
              ("found", wrong.found.map { .number($0.line) } ?? .null),
              ("pattern", .optional(wrong.found?.pattern.rawValue)), ("fallback", .bool(wrong.found?.isFallback ?? false)),
              ("expectedText", .string(wrong.expected.text)), ("foundText", .optional(wrong.found?.text)),
            ])
          })
      ),
    ])
  }
}
