import Analysis
import FuzzSupport
import Model
import PCRE2

/// Does the scanner find what each expression finds in each segment, and does it clean simple lines as the state machine does?
enum ScannerMode {
  private static let words = [
    "error", "ERROR", "fail", "failed", "FAILED: ", "error: ", "tion", "abcdefg", "bcdefgh", "abcdefghijk",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "refused", "Connection reset", "é", "✓ok ", "disk", "di\u{17F}k", "\u{212A}ey", "key", "    ", "aaaa", "aaaaaaaaaaaa", "=====",
    "\t", "a", "0",
  ]

  static func run(seconds: Double, seed: UInt64) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var round = 0
    while clock.now < end {
      let seed = seed &+ UInt64(round)
      if let mistake = mistake(SplitMix64(seed: seed)) {
        print("seed \(seed), first round: \(mistake)")
        return false
      }
      round += 1
    }
    print("\(round) logs: nothing found")
    return true
  }

  private static func mistake(_ generator: SplitMix64) -> String? {
    var random = generator
    var expressions = random.next() % 4 == 0 ? ["(?s)^.*$"] : []
    for _ in 0..<[1, 10, 300][Int(random.next() % 3)] {
      let expression = expression(&random)
      if (try? Regex(expression)) != nil { expressions.append(expression) }
    }
    var limits = ScanLimits()
    limits.patternNanoseconds = 1 << 50
    limits.lineNanoseconds = 1 << 50
    limits.logNanoseconds = 1 << 50
    limits.findingsPerPattern = 1 << 30
    limits.findingsPerLog = 1 << 30
    limits.keptBytes = 1 << 40
    if random.next() % 3 == 0 {
      limits.windowBytes = [200, 300, 2_000][Int(random.next() % 3)]
      limits.overlapBytes = [20, 60][Int(random.next() % 2)]
    }
    var log: [UInt8] = []
    for _ in 0..<[3, 50, 2_000][Int(random.next() % 3)] { log += line(&random) }
    let patterns = expressions.enumerated().map { number, expression in
      Pattern(
        id: PatternID("p\(10_000 + number)"), title: "", definition: MatchDefinition(matcher: .match(expression)), verdict: .failure
      )
    }
    let differential = Differential(
      log: log, patterns: patterns, limits: limits, plainMatchLimit: 10_000_000,
      simd: ["scalar", "avx2", "avx512", nil][Int(random.next() % 4)])
    return differential.run()?.difference
  }

  private static func expression(_ random: inout SplitMix64) -> String {
    var expression = ["", "", "", "^", "^\\s*", "(?=a)", "(?<!é)", "(?=[ef])"][Int(random.next() % 8)]
    for _ in 0...random.next() % 3 {
      let word = words[Int(random.next() % UInt64(words.count))]
      let other = words[Int(random.next() % UInt64(words.count))]
      expression +=
        ["(?:\(word)|\(other))", "\\S*\(word)", "(\(word))?", ".{0,3}\(word)", "(?i)\(word)", word, word, word][
          Int(random.next() % 8)]
    }
    return expression
  }

  private static func line(_ random: inout SplitMix64) -> [UInt8] {
    var line = random.next() % 3 == 0 ? Array("2026-11-21T03:43:10.1234567Z ".utf8) : []
    for _ in 0..<random.next() % (random.next() % 50 == 0 ? 90 : 9) {
      let odd: [[UInt8]] = [
        [0x0D], [0x08], [0xC2, 0x9B], [0xC2, 0xA0], [0x1B], [0xC2], [0x1B, 0x5B], Array("\u{1B}[31;1m".utf8),
        Array("\u{1B}]0;t\u{07}".utf8), [0xFF], [0x9B],
      ]
      line += random.next() % 8 == 0 ? odd[Int(random.next() % 11)] : Array(words[Int(random.next() % UInt64(words.count))].utf8)
      if random.next() % 3 == 0 { line.append(0x20) }
    }
    return line + [[0x0A], [0x0A], [0x0D, 0x0A], [0x0D, 0x0D, 0x0A]][Int(random.next() % 4)]
  }
}
