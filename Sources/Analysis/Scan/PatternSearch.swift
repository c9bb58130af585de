import Model
import PCRE2

/// Searches single segments for single expressions, keeps the limits, and puts what is found in order.
///
/// Which segments are searched for what is its caller's business. That changes no finding as long as every expression is searched for
/// in every segment that it matches, segments in their order and the steps of each in theirs.
struct PatternSearch: ~Copyable {
  private let limits: ScanLimits
  private let program: ScanProgram
  private var matcher: Matcher
  /// Of each of the program's patterns.
  private var states: [State]
  /// For each step of the program whether finding it now would matter. A step of a sequence that waits for another would not.
  private var isAwaited: [Bool]
  /// The segment that came in windows last: the states tell where the searches in it go on.
  private var resumesIn = (line: 0, segment: 0)

  /// How far a pattern has come in this log.
  private struct State {
    var budget = Budget()
    /// Nil if the pattern is no sequence.
    var sequence: SequenceTracker?
    /// Nil if findings count wherever they are.
    var tail: TailBuffer?
    /// Why the pattern was given up, if it was.
    var inconclusive: Inconclusive?
    /// Findings, kept or not.
    var count = 0
    var kept = 0
    /// Where in the segment `resumesIn` the search goes on.
    var resume = 0
  }

  private var clock: Budget.Clock
  /// Whether the current piece is UTF-8.
  private var isUTF8 = true
  /// Nil unless the cost of each pattern is to be told.
  var meter: SearchMeter?
  private var keptInAll = 0
  /// The line of the last search, as long as more segments of it may come.
  private var openLine = 0
  /// The sequences of which a step was found in the open line.
  private var advanced: [Int] = []
  /// Bytes of the findings that are kept, but for those of tails.
  private var keptBytes = 0
  /// So many findings of each pattern are kept, however many the others have.
  private let fairPart: Int
  /// Findings of the open line, in no order.
  private var current: [Finding] = []
  /// Findings of past lines, in order, told or yet to be told.
  private var ready: [Finding] = []
  private var released = 0
  /// Lines that findings are held back for, because a pattern with a `tail` may come before them in the end.
  private let holdBack: Int
  /// All lines up to this one are over.
  private var linesOver = 0

  init(program: ScanProgram, names: LogNames?, limits: ScanLimits) {
    self.limits = limits
    self.program = program
    var matcher = Matcher(
      mostCaptures: program.mostCaptures, matchLimit: limits.matchLimit, stackBytes: limits.stackBytes)
    let outlines = program.outlines
    var applies = Array(repeating: true, count: outlines.count)
    if let names {
      for index in outlines.indices where outlines[index].isScoped {
        applies[index] = program.patterns[index].applies(to: names, matcher: &matcher)
      }
    }
    isAwaited = []
    for (outline, applies) in zip(outlines, applies) {
      for number in 0..<outline.steps { isAwaited.append(number == 0 && applies) }
    }
    states = outlines.map { outline in
      State(
        sequence: outline.within > 0 ? SequenceTracker(steps: outline.steps, within: outline.within) : nil,
        tail: outline.tail.map { TailBuffer(lines: $0, mostKept: limits.findingsPerPattern, mostBytes: limits.keptBytes / 8) })
    }
    holdBack = zip(outlines, applies).compactMap { $1 ? $0.tail : nil }.max() ?? 0
    fairPart = max(1, limits.findingsPerLog / max(1, outlines.count))
    clock = Budget.Clock(limits: limits)
    self.matcher = matcher
  }

  // MARK: - Segments and lines

  /// Must be called before the searches in a piece, but not for pieces in which nothing is searched for.
  mutating func begin(_ piece: SegmentPiece) {
    if piece.line != openLine {
      closeLine()
      openLine = piece.line
    }
    // Not only where its first window comes: nobody needs to search that.
    if !piece.isWhole, (piece.line, piece.segment) != resumesIn {
      resumesIn = (piece.line, piece.segment)
      for index in states.indices { states[index].resume = 0 }
    }
    isUTF8 = Matcher.isUTF8(piece.bytes)
    clock.beginPiece(bytes: piece.bytes.count - piece.context)
  }

  /// Searches the piece for one of the program's steps.
  mutating func search(_ number: Int, in piece: SegmentPiece) {
    guard isAwaited[number] else { return }
    let step = program.steps[number]
    guard !states[step.pattern].budget.isStopped(on: piece.line) else { return }
    meter?.begin()
    defer { meter?.end(step.pattern) }
    if step.isOfSequence {
      takeFirst(of: step, number, piece)
    } else {
      takeAll(of: step, piece)
    }
  }

  /// All lines up to this one are over.
  mutating func endLines(through line: Int) {
    if openLine <= line { closeLine() }
    linesOver = line
  }

  private mutating func closeLine() {
    if !advanced.isEmpty {
      advanced.sort()
      for index in advanced {
        let finding = states[index].sequence?.endLine(openLine, pattern: program.patterns[index].pattern.id)
        let first = program.patterns[index].firstStep
        for number in program.patterns[index].steps.indices {
          isAwaited[first + number] = states[index].sequence?.waits(for: number) == true
        }
        if let finding { keep(finding, of: index) }
      }
      advanced.removeAll(keepingCapacity: true)
    }
    guard !current.isEmpty else { return }
    current.sort(by: Finding.inOrder)
    ready.append(contentsOf: current)
    current.removeAll(keepingCapacity: true)
  }

  /// All matches of a pattern that is no sequence.
  private mutating func takeAll(of step: ScanProgram.Step, _ piece: SegmentPiece) {
    let index = step.pattern
    let lastStart = piece.isLast ? piece.bytes.count : piece.bytes.count - piece.overlap - 1
    var from = piece.isWhole ? 0 : max(Self.firstStart(in: piece), states[index].resume - piece.offset)
    while from <= lastStart, let range = next(step.regex, of: index, in: piece, from: from, lastStart: lastStart) {
      if states[index].count < limits.findingsPerPattern || states[index].tail != nil {
        keep(finding(range, of: step, in: piece), of: index)
      } else {
        states[index].count += 1
      }
      let beyond = range.isEmpty ? Self.nextCharacter(in: piece.bytes, after: range.lowerBound) : range.upperBound
      from = max(beyond, from + (beyond > from ? 0 : 1))
    }
    if !piece.isWhole { states[index].resume = piece.offset + from }
  }

  /// The first match in the line of a sequence's step, if the sequence waits for one.
  private mutating func takeFirst(of step: ScanProgram.Step, _ number: Int, _ piece: SegmentPiece) {
    let index = step.pattern
    let lastStart = piece.isLast ? piece.bytes.count : piece.bytes.count - piece.overlap - 1
    guard let range = next(step.regex, of: index, in: piece, from: Self.firstStart(in: piece), lastStart: lastStart) else { return }
    isAwaited[number] = false
    if !advanced.contains(index) { advanced.append(index) }
    let found = finding(range, of: step, in: piece)
    states[index].sequence?.take(found, step: step.number)
  }

  // MARK: - One search

  /// The leftmost match that starts within `from...lastStart`, unless the pattern runs out of its budget.
  private mutating func next(
    _ regex: Regex, of index: Int, in piece: SegmentPiece, from: Int, lastStart: Int
  ) -> Range<Int>? {
    let edges = Matcher.Edges(isBeginning: piece.isFirst, isEnd: piece.isLast)
    let bytes = piece.bytes.count
    var start = from
    // One hard start makes all later ones narrow: they are likely to be as hard.
    var isNarrow = false
    while !states[index].budget.isStopped(on: piece.line) {
      let step = states[index].budget.step(
        regex, bytes: bytes, canBeQuick: isUTF8 && !regex.isInterpreted, isNarrow: isNarrow, limits: limits)
      regex.prepare(isUTF8: isUTF8, interruptible: step == .watched)  // not at the pattern's expense
      let isTimed = step == .watched || states[index].budget.isWatched
      clock.beginSearch(timed: isTimed)
      var last = lastStart
      let effort: Matcher.Effort
      switch step {
      case .unwatched(let starts, let matchLimit):
        last = lastStart - start < starts ? lastStart : start + starts - 1
        effort = .matchLimit(matchLimit)
      case .watched: effort = clock.deadline(states[index].budget, line: piece.line, bytes: bytes, covered: bytes - start)
      }
      let outcome = matcher.firstMatch(
        of: regex, in: piece.bytes, isUTF8: isUTF8, from: start, lastStart: last < bytes ? last : nil, edges: edges, effort: effort)
      let covered = if case .match(let range) = outcome { range.upperBound } else { min(last + 1, bytes) }
      if let reason = clock.endSearch(
        charge: &states[index].budget, line: piece.line, bytes: bytes, covered: max(0, covered - start))
      {
        note(index, reason, piece.line)
      }
      switch outcome {
      case .match(let range): return range
      case .noMatch:
        if last >= lastStart { return nil }
        start = Self.nextCharacter(in: piece.bytes, after: last)
        if start > lastStart { return nil }
      case .matchLimit:
        if case .unwatched(_, let matchLimit) = step, matchLimit < limits.matchLimit, !(isNarrow && isTimed) {
          // Once more, with a higher limit: from fewer starts, and where that isn't enough against a deadline.
          if isNarrow || regex.searching != .divisible { states[index].budget.watch() }
          isNarrow = true
          continue
        }
        stop(index, .matchLimit, piece.line)
        return nil
      case .timeLimit:
        stop(index, .lineTime, piece.line)
        return nil
      case .stackLimit:
        stop(index, .stackLimit, piece.line)
        return nil
      case .error:
        stop(index, .engineError, piece.line)
        return nil
      }
    }
    return nil
  }

  /// Gives the pattern up for the rest of the line.
  private mutating func stop(_ index: Int, _ reason: Inconclusive.Reason, _ line: Int) {
    states[index].budget.stop(on: line)
    note(index, reason, line)
  }

  /// The first reason counts.
  private mutating func note(_ index: Int, _ reason: Inconclusive.Reason, _ line: Int) {
    guard states[index].inconclusive == nil else { return }
    states[index].inconclusive = Inconclusive(pattern: program.patterns[index].pattern.id, reason: reason, line: line)
  }

  /// Where the first search in the piece begins: where it does, but not within a character that began before.
  private static func firstStart(in piece: SegmentPiece) -> Int {
    piece.isFirst ? 0 : nextCharacter(in: piece.bytes, after: piece.context - 1)
  }

  /// The start of the character after the one at `offset`; one beyond the end if there is none.
  private static func nextCharacter(in bytes: UnsafeRawBufferPointer, after offset: Int) -> Int {
    var next = offset + 1
    while next < bytes.count, bytes[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  // MARK: - Findings

  /// Must be called before the next search: captures are those of the last match.
  private func finding(_ range: Range<Int>, of step: ScanProgram.Step, in piece: SegmentPiece) -> Finding {
    var captures: [Finding.Capture] = []
    var left = ScanLimits.capturesBytes
    for number in 0..<step.regex.captureCount {
      guard let group = matcher.group(number + 1) else { continue }
      let value = Excerpt.prefix(of: piece.bytes, group, bytes: min(ScanLimits.captureBytes, left))
      left -= min(value.utf8.count, left)
      captures.append(
        Finding.Capture(number: step.capturesBefore + number + 1, name: step.regex.names[number + 1], value: value))
    }
    return Finding(
      pattern: program.patterns[step.pattern].pattern.id, line: piece.line, segment: piece.segment,
      start: piece.offset + range.lowerBound, end: piece.offset + range.upperBound, captures: captures,
      matched: Excerpt.prefix(of: piece.bytes, range, bytes: ScanLimits.captureBytes),
      text: Excerpt.around(range, in: piece.bytes, characters: ScanLimits.excerptCharacters), windowed: !piece.isWhole)
  }

  private mutating func keep(_ finding: Finding, of index: Int) {
    if states[index].tail != nil {
      states[index].tail?.append(finding)
      return
    }
    states[index].count += 1
    // Of each pattern at least one is kept, whatever the others found: it may be the one that decides.
    let kept = states[index].kept
    guard states[index].count <= limits.findingsPerPattern, keptInAll < limits.findingsPerLog || kept < fairPart,
      keptBytes < limits.keptBytes || kept == 0
    else { return }
    states[index].kept += 1
    keptInAll += 1
    keptBytes += finding.bytes
    current.append(finding)
  }

  /// Tells the findings that nothing can come before any more.
  mutating func release(_ tell: (Finding) throws -> Void) rethrows {
    while released < ready.count, ready[released].line <= linesOver - holdBack {
      try tell(ready[released])
      released += 1
    }
    // What is told is let go of, though rarely, as the rest must move up.
    if released > ready.count / 2 {
      ready.removeFirst(released)
      released = 0
    }
  }

  /// Ends a log of so many lines.
  mutating func finish(lines: Int) {
    endLines(through: lines)
    for index in states.indices {
      guard let tail = states[index].tail else { continue }
      let inTail = tail.finish(lines: lines)
      states[index].count = inTail.count + tail.dropped(lines: lines)
      states[index].kept = min(inTail.count, max(fairPart, limits.findingsPerLog - keptInAll))
      keptInAll += states[index].kept
      ready.append(contentsOf: inTail.suffix(states[index].kept))
    }
    // `holdBack` kept everything that the tails may come before; the stable part in front stays where it is.
    ready[released...].sort(by: Finding.inOrder)
    linesOver = Int.max
  }

  /// What is known once the log is finished; lines and bytes are the cleaner's.
  var summary: ScanSummary {
    var summary = ScanSummary()
    for index in states.indices {
      summary.findings += states[index].count
      if states[index].count > states[index].kept { summary.overflow[program.patterns[index].pattern.id] = states[index].count }
    }
    summary.inconclusive = states.compactMap(\.inconclusive)
    summary.costs = meter?.costs(of: program) ?? []
    return summary
  }
}
