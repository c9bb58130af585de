import Analysis

/// The telling lines of a log that is in memory.
func tellingLines(_ log: String, _ rules: LineRules? = nil) throws -> [TellingLine] {
  var sink = TellingLines(try rules ?? LineRules())
  clean(log, into: &sink)
  return sink.lines()
}

/// The keys of those lines that a log has, too.
func familiar(_ lines: [TellingLine], in log: String, _ rules: LineRules? = nil) throws -> Set<String> {
  var sink = FamiliarLines(try rules ?? LineRules(), among: lines)
  clean(log, into: &sink)
  return sink.seen
}

private func clean(_ log: String, into sink: inout some SegmentSink & ~Copyable) {
  var cleaner = LogCleaner()
  Array(log.utf8).withUnsafeBytes { cleaner.clean($0, into: &sink) }
  cleaner.finish(into: &sink)
}

extension LineTemplate {
  /// The line with the kinds of what is masked between angle brackets.
  var shown: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .mask(let kind, value: _): "<\(kind.rawValue)>"
      }
    }.joined()
  }

  /// The line that it was made of.
  var line: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .mask(_, let value): value
      }
    }.joined()
  }
}
