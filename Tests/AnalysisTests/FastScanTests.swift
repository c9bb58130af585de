import FuzzSupport
@testable import Analysis
import Foundation
import Model
import Testing

/// The fast engine finds what the plain one does, with every kind of kernel, however the log is cut.
@Suite struct FastScanTests {
  static let kernels = ["scalar", "avx2", "avx512", "neon"].filter { Kernels(named: $0) != nil }

  /// Texts that expressions are made of and lines are made of: many are parts of others, some span what the kernels look at.
  static let words = [
    "error", "ERROR", "fail", "failed", "FAILED", "error: ", "Err", "tion", "abcdefg", "bcdefgh", "abcdefghijk",
    "abcdefghijklmnopqrstuvwxyz012345",
    "connection refused", "Connection reset", "é", "✓ok ", "disk", "di\u{17F}k", "\u{212A}ey", "key", "    ", "aaaa",
    "aaaaaaaaaaaa", "=====", "\t", "a", "0",
    "[31m", "no space left on device", "timed out", "exit code 1", "Error: exit code 1 in step build", "xyz9", "xyz98", "xyz987",
  ]

  static func expression(_ random: inout SplitMix64) -> String {
    var expression = random.once(in: 4) ? "^" : random.once(in: 8) ? "^\\s*" : ""
    for _ in 0...random.below(3) {
      let word = random.pick(words).replacingOccurrences(of: "[", with: "\\[")
      switch random.below(8) {
      case 0: expression += "(?:\(word)|\(random.pick(words).replacingOccurrences(of: "[", with: "\\[")))"
      case 1: expression += "\\S*\(word)"
      case 2: expression += "(\(word))?"
      case 3: expression += ".{0,3}\(word)"
      case 4: expression += "(?i)\(word)"
      default: expression += word
      }
    }
    return random.once(in: 6) ? expression + "$" : expression
  }

  static func line(_ random: inout SplitMix64) -> [UInt8] {
    var line: [UInt8] =
      random.once(in: 3)
      ? Array("2026-11-21T03:43:10.\(123_456 + random.below(800_000))\(random.pick(["", "7", "789"]))Z ".utf8) : []
    if random.once(in: 12) { line += Array(random.pick(["00O ", "01E+", "fFO "]).utf8) }
    for _ in 0..<random.below(random.once(in: 20) ? 60 : 8) {
      switch random.below(24) {
      case 0: line += Array("\u{1B}[3\(random.below(8));1m".utf8)
      case 1: line.append(UInt8(truncatingIfNeeded: random.next()) == 10 ? 0 : UInt8(truncatingIfNeeded: random.next()) | 0x80)
      case 2:
        line += random.pick([
          [0x0D], [0x08], [0xC2, 0x9B], [0xC2, 0xA0], [0x1B], [0xC2], [0x1B, 0x5B], [0xC2, 0x1B, 0x5B, 0x6D, 0x9B, 0x6D],
        ])
      case 3: line += Array(random.pick(words).uppercased().utf8)
      case 4: line += Array(String(repeating: "-", count: random.below(70)).utf8)
      case 5:
        line += Array(random.pick(["\u{1B}]0;title\u{07}", "\u{1B}_bk;t=1\u{07}", "\u{1B}Pq\u{1B}\\", "\u{1B}(B", "\u{1B}7"]).utf8)
      default: line += Array(random.pick(words).utf8)
      }
      if random.once(in: 3) { line.append(0x20) }
    }
    // Sequences in the midst of what would be a time, or a stream's marker.
    while random.once(in: 6) {
      let sequence = random.pick(["\u{1B}[0m", "\u{1B}[32;1m", "\u{1B}_bk;t=1\u{07}", "\u{1B}(B", "\u{1B}]8;;\u{1B}\\"])
      line.insert(contentsOf: Array(sequence.utf8), at: random.below(min(line.count, 36) + 1))
    }
    return line + random.pick([[0x0A], [0x0A], [0x0A], [0x0D, 0x0A], [0x0D, 0x0D, 0x0A]])
  }

  @Test(arguments: kernels, 0..<12) func findsWhatThePlainEngineFinds(_ name: String, _ block: Int) throws {
    let kernels = try #require(Kernels(named: name))
    for seed in block * 6..<(block + 1) * 6 {
      var random = SplitMix64(seed: UInt64(7_000_000 + seed))
      var patterns: [Pattern] = []
      while patterns.count < [1, 8, 40, 700][random.below(4)] {
        let id = "p\(patterns.count)"
        let tail = random.once(in: 8) ? 1 + random.below(20) : nil
        let matcher: MatchDefinition.Matcher =
          switch random.below(8) {
          case 0: .literal(random.pick(Self.words) + random.pick(Self.words))
          case 1: .sequence((0...1 + random.below(2)).map { _ in Self.expression(&random) }, within: 2 + random.below(9))
          default: .match(Self.expression(&random))
          }
        let pattern = Pattern(id, matcher, ignoreCase: random.once(in: 5), tail: tail)
        // Those that any line may match would leave little to the filter.
        if try random.once(in: 30) || ScanProgram([pattern]).filter.always.isEmpty { patterns.append(pattern) }
      }
      let program = try ScanProgram(patterns, kernels: kernels)
      var log: [UInt8] = random.once(in: 4) ? [0xEF, 0xBB, 0xBF] : []
      for _ in 0..<random.pick([3, 60, 400]) { log += Self.line(&random) }
      if random.once(in: 3) { log.removeLast() }
      var limits = ScanLimits.untimed
      if random.once(in: 3) { limits = limits.with(window: 160 + random.below(600), overlap: 60) }
      limits.findingsPerPattern = random.pick([3, 1_000])
      let expected = PlainScan.scan(log, program: program, limits: limits)
      var scanner = LogScanner(program: program, limits: limits)
      var findings: [Finding] = []
      let longest = random.pick([7, 200, 5_000, 1 << 20])
      log.withUnsafeBytes { all in
        var at = 0
        while at < all.count {
          let end = min(all.count, at + 1 + random.below(longest))
          scanner.scan(UnsafeRawBufferPointer(rebasing: all[at..<end])) { findings.append($0) }
          at = end
        }
      }
      let summary = scanner.finish { findings.append($0) }
      #expect(difference(findings, expected.findings) == nil, "seed \(seed)")
      #expect(summary == expected.summary, "seed \(seed)")
    }
  }
}
