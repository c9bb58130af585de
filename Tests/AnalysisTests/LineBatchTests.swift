import FuzzSupport
import Analysis
import Model
import Testing

/// A log that is scanned in batches, sifted in any order, gives what it gives as a whole.
@Suite struct LineBatchTests {
  private struct Failure: Error {}

  @Test(arguments: 0..<10) func batchesEqualTheWhole(_ block: Int) throws {
    let grammar = ScanGrammar()
    for seed in block * 20..<(block + 1) * 20 {
      var random = SplitMix64(seed: UInt64(11_000_000 + seed))
      let program = try ScanProgram(Self.patterns(grammar, &random))
      // A batch holds as much as a window, so lines of all lengths are met in logs of a few kilobytes.
      let limits = ScanLimits.untimed.with(window: random.pick([120, 400, 5_000]), overlap: 30)
      var log: [UInt8] = []
      for _ in 0..<random.below(60) {
        log += random.once(in: 3) ? CleanAdversary.log(&random).prefix(300) : grammar.line(&random, tokens: random.below(20))[...]
        log += random.pick([[0x0A], [0x0A], [0x0A], [0x0D, 0x0A], [0x0D], []])
      }
      let whole = scanText(log, program: program, limits: limits)

      var batches = try Self.batches(of: log, program, limits, &random)
      #expect(batches.flatMap { Array($0.bytes) } == log, "seed \(seed)")
      for batch in batches.shuffled(using: &random).dropLast(random.below(3)) { batch.sift() }
      var scanner = LogScanner(program: program, limits: limits)
      var findings: [Finding] = []
      batches.reverse()
      while let batch = batches.popLast() { scanner.scan(batch) { findings.append($0) } }
      let summary = scanner.finish { findings.append($0) }
      #expect(difference(findings, whole.findings) == nil, "seed \(seed)")
      #expect(summary == whole.summary, "seed \(seed)")
    }
  }

  @Test func whatWasReadBeforeAnErrorIsThere() throws {
    let program = try ScanProgram([Pattern("p", "x")])
    let batch = LineBatch(program: program, limits: ScanLimits())
    var cutter = LineCutter()
    var reads = 0
    #expect(throws: Failure.self) {
      _ = try cutter.fill(batch) { buffer in
        reads += 1
        guard reads == 1 else { throw Failure() }
        buffer.copyBytes(from: "half a l".utf8)
        return 8
      }
    }
    #expect(cutter.fill(batch) { _ in 0 })
    #expect(Array(batch.bytes) == Array("half a l".utf8) && !batch.isWhole)
    #expect(!cutter.fill(batch) { _ in 0 })
  }

  @Test func aBatchComesAsSoonAsThereIsALine() throws {
    let program = try ScanProgram([Pattern("p", "x")])
    let batch = LineBatch(program: program, limits: ScanLimits())
    var cutter = LineCutter()
    #expect(
      cutter.fill(batch) { buffer in
        buffer.copyBytes(from: "one\ntwo".utf8)
        return 7
      })
    #expect(Array(batch.bytes) == Array("one\n".utf8) && batch.isWhole)
  }

  private static func patterns(_ grammar: ScanGrammar, _ random: inout SplitMix64) -> [Pattern] {
    var patterns: [Pattern] = []
    while patterns.count < 8 {
      let matcher: MatchDefinition.Matcher =
        random.once(in: 3)
        ? .sequence((0...1 + random.below(2)).map { _ in grammar.expression(&random) }, within: 2 + random.below(6))
        : .match(grammar.expression(&random))
      let pattern = Pattern("p\(patterns.count)", matcher, tail: random.once(in: 6) ? 1 + random.below(8) : nil)
      if (try? ScanProgram([pattern])) != nil { patterns.append(pattern) }
    }
    return patterns
  }

  /// Read in portions of random sizes.
  private static func batches(
    of log: [UInt8], _ program: ScanProgram, _ limits: ScanLimits, _ random: inout SplitMix64
  ) throws -> [LineBatch] {
    let most = random.pick([1, 50, 10_000])
    var batches: [LineBatch] = []
    var cutter = LineCutter()
    var at = 0
    while true {
      let batch = LineBatch(program: program, limits: limits)
      let isFilled = cutter.fill(batch) { buffer in
        let count = min(1 + random.below(most), log.count - at, buffer.count)
        buffer.copyBytes(from: log[at..<at + count])
        at += count
        return count
      }
      guard isFilled else { return batches }
      batches.append(batch)
    }
  }
}
