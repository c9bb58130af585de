import Model

extension PatternDraft {
  /// A pattern file for an expression that was tried, with hits of the trial as examples, to be completed by a curator.
  ///
  /// - Parameters:
  ///   - candidate: an expression, as `Candidate` makes it.
  ///   - found: lines on which it was found, the most telling first.
  ///   - reviewBy: until when the pattern may excuse, if its verdict does.
  /// - Returns: nil if none of the lines proves the expression, or it isn't one that a file can hold.
  package init?(of candidate: Pattern, found: [String], reviewBy: CalendarDay) {
    guard case .match(let expression) = candidate.definition.matcher, Self.fits(expression),
      let runner = try? ExampleRunner(candidate.definition)
    else { return nil }
    var hits: [String] = []
    for text in found where hits.count < Self.mostExamples && !hits.contains(text) && Self.fits(text) {
      if runner.failure(ofHit: Pattern.Example(text: text)) == nil { hits.append(text) }
    }
    guard let first = hits.first else { return nil }
    let misses = Self.misses(OtherLines([]), like: first, runner)

    let title = OneLine.of(first.trimming(\.isWhitespace), atMost: 160).replacing("${", with: "$ {")
    let yaml = Self.yaml(
      title: title, candidate.definition, verdict: candidate.verdict, priority: candidate.priority, groups: candidate.groupBy,
      reviewBy: candidate.verdict.excuses ? reviewBy : nil, hits: hits, misses: misses)
    self.init(name: Self.name(of: LineTemplate.words(in: first)), title: title, yaml: yaml)
  }

  /// Whether a line of a file can hold it.
  private static func fits(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      $0 == "\t" || $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && !(0x2028...0x2029).contains($0.value)
    }
  }
}

extension String {
  fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> String {
    let head = drop(while: isLeftOut)
    let tail = head.reversed().drop(while: isLeftOut).reversed()
    return String(tail)
  }
}
