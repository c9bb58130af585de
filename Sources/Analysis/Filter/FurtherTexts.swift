import CScanKernels

/// What a segment must hold besides, for the steps whose literals are common: a second look, before PCRE2 is asked.
///
/// Sound for the same reason as the filter: each set is a claim by itself that every matching segment holds one of its texts.
struct FurtherTexts: Sendable {
  /// Nothing is asked of any step.
  let isEmpty: Bool
  /// For each step which of the sets must hold, and for each set which of the texts are its alternatives.
  private let setsOfStep: FixedTable<Span>
  private let textsOfSet: FixedTable<Span>
  private let texts: FixedTable<culprit_text>

  private struct Span: BitwiseCopyable, Sendable {
    var first: UInt32
    var end: UInt32

    /// What was appended since.
    init(_ first: Int, _ end: Int) {
      self.first = UInt32(first)
      self.end = UInt32(end)
    }
  }

  /// - Parameter sets: for each step, in their order.
  init(_ sets: [[LiteralSet]]) {
    var setsOfStep: [Span] = []
    var textsOfSet: [Span] = []
    var texts: [culprit_text] = []
    for ofStep in sets {
      let firstSet = textsOfSet.count
      for set in ofStep {
        let keys = Self.keys(set)
        guard !keys.isEmpty else { continue }
        textsOfSet.append(Span(texts.count, texts.count + keys.count))
        texts += keys.map { culprit_text($0, rarity: .typical) }
      }
      setsOfStep.append(Span(firstSet, textsOfSet.count))
    }
    isEmpty = textsOfSet.isEmpty
    self.setsOfStep = FixedTable(setsOfStep)
    self.textsOfSet = FixedTable(textsOfSet)
    self.texts = FixedTable(texts)
  }

  func deallocate() {
    setsOfStep.deallocate()
    textsOfSet.deallocate()
    texts.deallocate()
  }

  /// None if nothing is known, or if what is known is that no segment matches: that is for PCRE2 to say.
  private static func keys(_ set: LiteralSet) -> [FilterLiteral.Key] {
    set.literals.filter(\.fitsSegment).map {
      FilterLiteral.Key(Array($0.searchedBytes.prefix(FilterLiteral.longest)), ignoreCase: $0.ignoreCase)
    }
  }

  /// Whether a segment may match a step. Before it there is a newline, and behind it the kernels' slack.
  func mayMatch(_ step: Int, _ segment: UnsafePointer<UInt8>, count: Int, kernels: Kernels) -> Bool {
    let sets = setsOfStep.base[step]
    for set in sets.first..<sets.end {
      let span = textsOfSet.base[Int(set)]
      let isHeld = (span.first..<span.end).contains { kernels.holds(texts.base + Int($0), segment - 1, count + 1) }
      if !isHeld { return false }
    }
    return true
  }
}
