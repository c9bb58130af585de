import Analysis
import Foundation
import FuzzSupport
import Model
import Testing

/// The one claim that passing over logs rests on: an index never says no to a log in which the engine finds something.
@Suite struct GramIndexTests {
  private static let seal = GramIndex.Seal(digest: Array(0..<32), engine: 1)

  /// Scans a log in pieces and makes its index meanwhile.
  private func indexed(
    _ log: [UInt8], _ program: ScanProgram, pieces: Int = 4_096, limits: ScanLimits = .untimed
  ) throws -> (findings: Int, index: [UInt8]) {
    let builder = try #require(GramIndexBuilder(rawBytes: max(log.count, GramIndex.smallestLog)))
    var scanner = LogScanner(program: program, limits: limits, grams: builder)
    log.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: pieces) {
        scanner.scan(UnsafeRawBufferPointer(rebasing: all[start..<min(start + pieces, all.count)])) { _ in }
      }
    }
    let findings = scanner.finish { _ in }.findings
    return (findings, builder.finish(Self.seal))
  }

  private func reader(_ index: [UInt8], _ seal: GramIndex.Seal = seal) -> GramIndexReader? {
    GramIndexReader(seal, fileSize: index.count) { offset, buffer in
      let part = index[min(offset, index.count)..<min(offset + buffer.count, index.count)]
      buffer.copyBytes(from: part)
      return part.count
    }
  }

  private func isIndex(_ bytes: [UInt8], _ seal: GramIndex.Seal = seal) -> Bool { reader(bytes, seal) != nil }

  private func mayMatch(_ index: [UInt8], _ program: ScanProgram) -> Bool {
    guard var reader = reader(index) else {
      Issue.record("no index")
      return true
    }
    return reader.mayMatch(GramQuery(program))
  }

  private func mayMatch(_ log: [UInt8], after program: ScanProgram) throws -> Bool {
    mayMatch(try indexed(log, program).index, program)
  }

  /// Text that isn't what is looked for, with escapes, times and progress bars, so that cleaning has something to do.
  private func filler(_ random: inout SplitMix64, lines: Int) -> [UInt8] {
    var log: [UInt8] = []
    for line in 0..<lines {
      if random.once(in: 3) { log += Array("2026-01-02T03:04:05.1234567Z ".utf8) }
      if random.once(in: 4) { log += Array("\u{1B}[3\(random.below(8))m".utf8) }
      log += Array("\(random.pick(["Compiling", "ok", "GET /x", "100%", "=====", "é€"])) \(line * 7919)".utf8)
      log += Array(random.pick(["\n", "\r\n", "\r50%\r100%\n", "\u{1B}[0m\n", "\u{8}\n"]).utf8)
    }
    return log
  }

  @Test(.timeLimit(.minutes(20))) func randomExpressionsAreNeverMissed() throws {
    var generator = ExpressionGenerator(seed: 20_261_124)
    var random = SplitMix64(seed: 5)
    var (tried, matched, refused) = (0, 0, 0)
    while tried < 500 {
      let expression = generator.expression()
      var seeded = SplitMix64(seed: generator.random.next())
      let ignoreCase = seeded.once(in: 3)
      guard let program = try? ScanProgram([Pattern("p", expression.source, ignoreCase: ignoreCase)]) else { continue }
      tried += 1
      var log = filler(&random, lines: 20)
      for _ in 0..<3 {
        // What the expression is made to match, taken apart by an escape now and then: cleaning puts it together again.
        var sample = expression.sample(&seeded)
        if random.once(in: 2), !sample.isEmpty {
          sample.insert(contentsOf: Array("\u{1B}[1m".utf8), at: random.below(sample.count))
        }
        log += sample + [0x0A] + filler(&random, lines: 5)
      }
      let (findings, index) = try indexed(log, program, pieces: 1 + random.below(300))
      let mayMatch = mayMatch(index, program)
      if findings > 0 { matched += 1 }
      if !mayMatch { refused += 1 }
      #expect(findings == 0 || mayMatch, "\(expression.source)")
    }
    // Both answers were put to the test.
    #expect(matched > 100 && refused > 10, "\(matched) matched, \(refused) refused")
  }

  private static let patterns = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../patterns")
    .standardizedFileURL.path

  @Test(.enabled(if: FileManager.default.fileExists(atPath: patterns))) func starterPatternsAreNeverMissed() throws {
    let patterns = try Catalog.load(Self.patterns, runsExamples: false).patterns
    var random = SplitMix64(seed: 9)
    for pattern in patterns {
      guard let example = pattern.examples.hits.first else { continue }
      var unscoped = pattern
      unscoped.definition.scope = Scope()
      let program = try ScanProgram([unscoped])
      let hit = filler(&random, lines: 30) + Array((example.text + "\n").utf8)
      let (findings, index) = try indexed(hit, program)
      #expect(findings > 0 && mayMatch(index, program), "\(pattern.id)")
    }
  }

  @Test func mostLogsThatLackTheTextAreRefused() throws {
    var random = SplitMix64(seed: 3)
    let program = try ScanProgram([Pattern("p", "connection (?:reset|closed) by peer")])
    var refused = 0
    for _ in 0..<40 {
      let (_, index) = try indexed(filler(&random, lines: 800), program)
      #expect(index.count * 100 <= 30 * 800 * 3)
      if !mayMatch(index, program) { refused += 1 }
    }
    #expect(refused >= 38)
  }

  @Test func caseAndDigitsMakeNoDifference() throws {
    let log = Array("ERROR E0425: Disk 7 Full\n".utf8)
    for expression in ["error e0425", "(?i)eRRoR", "disk \\d full", "DISK 9 FULL"] {
      let program = try ScanProgram([Pattern("p", expression)])
      #expect(try mayMatch(log, after: program), "\(expression)")
    }
  }

  @Test func longLinesAreIndexedAcrossTheirWindows() throws {
    var limits = ScanLimits.untimed
    limits.windowBytes = 4_096
    limits.overlapBytes = 512
    let program = try ScanProgram([Pattern("p", "needle in a haystack")])
    for at in stride(from: 3_000, to: 9_000, by: 61) {
      var line = [UInt8](repeating: 0x2E, count: 12_000)
      line.replaceSubrange(at..<at + 20, with: Array("needle in a haystack".utf8))
      let (findings, index) = try indexed(line, program, limits: limits)
      #expect(findings == 1 && mayMatch(index, program), "\(at)")
    }
  }

  @Test func textThatCleaningPutsTogetherIsThere() throws {
    let program = try ScanProgram([Pattern("p", "segmentation fault")])
    for text in [
      "segment\u{1B}[31mation\u{1B}[0m fault", "segmentaX\u{8}tion fault", "x\rsegmentation fault\r",
      "segmentation \u{1B}]0;t\u{7}fault",
    ] {
      let (findings, index) = try indexed(Array((text + "\n").utf8), program)
      #expect(findings == 1 && mayMatch(index, program), "\(text.debugDescription)")
    }
  }

  @Test func batchesMakeTheSameIndex() throws {
    var random = SplitMix64(seed: 12)
    let log = filler(&random, lines: 9_000) + Array("unterminated".utf8)
    let program = try ScanProgram([Pattern("p", "ok")])
    let builder = try #require(GramIndexBuilder(rawBytes: log.count))
    var scanner = LogScanner(program: program, grams: builder)
    var cutter = LineCutter()
    let batch = LineBatch(program: program, limits: ScanLimits())
    var rest = log[...]
    while cutter.fill(
      batch,
      read: { buffer in
        let count = min(buffer.count, rest.count, 10_007)
        buffer.copyBytes(from: rest.prefix(count))
        rest = rest.dropFirst(count)
        return count
      })
    {
      scanner.scan(batch) { _ in }
    }
    _ = scanner.finish { _ in }
    let isSame = builder.finish(Self.seal) == (try indexed(log, program).index)
    #expect(isSame)
  }

  @Test func whatNeedsNoTextIsNeverRefused() throws {
    for expression in ["\\d+", "a|b", "ab", ".*", "(?i)é"] {
      let program = try ScanProgram([Pattern("p", expression)])
      #expect(try mayMatch(Array("nothing\n".utf8), after: program), "\(expression)")
      #expect(!GramQuery(program).isUseful)
    }
  }

  @Test func damagedOrForeignIndexesAreNotBelieved() throws {
    var random = SplitMix64(seed: 8)
    let program = try ScanProgram([Pattern("p", "no such text anywhere")])
    let letters = (0..<400_000).map { _ in random.once(in: 70) ? UInt8(ascii: "\n") : UInt8(ascii: "b") + UInt8(random.below(9)) }
    let index = try indexed(letters, program).index
    #expect(index.count > 2 * GramPages.pageBytes)
    #expect(!mayMatch(index, program))
    let foreign = [
      GramIndex.Seal(digest: Self.seal.digest.reversed(), engine: 1), GramIndex.Seal(digest: Self.seal.digest, engine: 2),
    ].filter { isIndex(index, $0) }
    #expect(foreign.isEmpty)
    #expect(!isIndex([]))
    for length in [1, 16, 100, 4_095, 4_096, 8_192, index.count - 8] {
      let isIndex = isIndex(Array(index.prefix(length)))
      #expect(!isIndex, "\(length)")
    }
    // A page that was damaged anywhere can't say no.
    for page in stride(from: 0, to: index.count, by: GramPages.pageBytes) {
      var damaged = index
      damaged[page + random.below(min(GramPages.pageBytes, index.count - page))] ^= 1 << UInt8(random.below(8))
      guard var reader = reader(damaged) else { continue }
      let answer = reader.mayMatch(GramQuery(program))
      #expect(answer == reader.isBroken)
    }
    let isPart = isIndex(Array(index.dropFirst(GramPages.pageBytes)))
    #expect(!isPart)
  }
}
