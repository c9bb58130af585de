import FuzzSupport
import Analysis
import Model
import Testing

/// How many findings are told, in which order, and what is told of the others.
@Suite struct ScanCapTests {
  @Test func aThousandFindingsOfAPatternAreTold() throws {
    let program = try ScanProgram([Pattern("few", "^7$"), Pattern("many", "\\d")])
    let log = (0..<1_500).map { "\($0 % 10)\n" }.joined()
    let result = scanText(Array(log.utf8), program: program)
    #expect(result.findings.count { $0.pattern == PatternID("many") } == 1_000)
    #expect(result.findings.last { $0.pattern == PatternID("many") }?.line == 1_000)
    #expect(result.findings.count { $0.pattern == PatternID("few") } == 150)
    #expect(result.summary.findings == 1_650)
    #expect(result.summary.overflow == [PatternID("many"): 1_500])
  }

  @Test func exactlyAsManyAsAreToldIsNoOverflow() throws {
    var limits = ScanLimits()
    limits.findingsPerPattern = 3
    for (count, overflow) in [(2, [:]), (3, [:]), (4, [PatternID("p"): 4])] {
      let result = scanText(
        Array(String(repeating: "a", count: count).utf8), program: try ScanProgram([Pattern("p", "a")]), limits: limits)
      #expect(result.findings.count == min(count, 3))
      #expect(result.summary.overflow == overflow)
    }
  }

  @Test func findingsOfALogHaveALimitToo() throws {
    var limits = ScanLimits()
    limits.findingsPerLog = 5
    let program = try ScanProgram([Pattern("a", "a"), Pattern("b", "b"), Pattern("c", "c"), Pattern("t", "a", tail: 9)])
    let result = scanText(Array("aaa\nbbb\nccc\n".utf8), program: program, limits: limits)
    #expect(
      result.findings.map(\.place) == ["a 1:0 0-1", "a 1:0 1-2", "a 1:0 2-3", "t 1:0 2-3", "b 2:0 0-1", "b 2:0 1-2", "c 3:0 0-1"],
      "of each pattern at least one")
    #expect(result.summary.findings == 12)
    #expect(result.summary.overflow == [PatternID("b"): 3, PatternID("c"): 3, PatternID("t"): 3])
  }

  /// What uses up the log's findings leaves the others their part.
  @Test func ofEachPatternAnEqualPartIsKept() throws {
    var limits = ScanLimits()
    limits.findingsPerLog = 8
    let program = try ScanProgram([Pattern("a", "a"), Pattern("b", "b")])
    let result = scanText(Array("aaaaaaaaaaaa\nbbbbbb\n".utf8), program: program, limits: limits)
    #expect(result.findings.count { $0.pattern == PatternID("a") } == 8)
    #expect(result.findings.count { $0.pattern == PatternID("b") } == 4)
    #expect(result.summary.overflow == [PatternID("a"): 12, PatternID("b"): 6])
  }

  /// Each finding may have forty captures of four kilobytes.
  @Test func theBytesOfFindingsHaveALimit() throws {
    var limits = ScanLimits.untimed
    limits.keptBytes = 100_000
    let groups = "(?=\(String(repeating: "(", count: 40)).{4000}\(String(repeating: ")", count: 40)))x"
    let line = [UInt8](repeating: 0x78, count: 10_000) + [0x0A]
    let program = try ScanProgram([Pattern("p", groups), Pattern("q", groups, tail: 1)])
    let result = scanText(line + line, program: program, limits: limits)
    // The captures of a finding have 160 KB, so one is kept, and the last one of the tail.
    #expect(result.findings.map(\.place) == ["p 1:0 0-1", "q 2:0 6000-6001"])
    #expect(result.summary.overflow == [PatternID("p"): 12_002, PatternID("q"): 6_001])
  }

  @Test func theCapturesOfAFindingHaveALimit() throws {
    let groups = "(?=\(String(repeating: "(", count: 100)).{4096}\(String(repeating: ")", count: 100))$)"
    let finding = scanText([UInt8](repeating: 0x78, count: 4_096), program: try ScanProgram([Pattern("p", groups)])).findings.first
    #expect(finding?.captures.map(\.value.utf8.count) == Array(repeating: 4_096, count: 64) + Array(repeating: 0, count: 36))
  }

  @Test func aTailIsTheLastLines() throws {
    func lines(_ log: String, tail: Int) throws -> [Int] {
      scanText(Array(log.utf8), program: try ScanProgram([Pattern("p", "a", tail: tail)])).findings.map(\.line)
    }
    #expect(try lines("a\na\na\na\n", tail: 2) == [3, 4])
    #expect(try lines("a\na\na\na", tail: 2) == [3, 4])
    #expect(try lines("a\na\n\n\n", tail: 2) == [])
    #expect(try lines("a\na\n\n\n", tail: 3) == [2])
    #expect(try lines("a\n", tail: 100) == [1])
    #expect(try lines("aa\naa\n", tail: 1) == [2, 2])
  }

  @Test func ofATailTheLastFindingsAreKept() throws {
    var limits = ScanLimits()
    limits.findingsPerPattern = 3
    let program = try ScanProgram([Pattern("p", "\\d", tail: 4)])
    let result = scanText(Array("11\n22\n33\n44\n55\n66\n\n".utf8), program: program, limits: limits)
    #expect(result.findings.map(\.place) == ["p 5:0 1-2", "p 6:0 0-1", "p 6:0 1-2"])
    #expect(result.summary.overflow == [PatternID("p"): 6])
    #expect(result.summary.findings == 6)
  }

  @Test(arguments: 0..<10) func tailsEqualBruteForce(_ block: Int) throws {
    for seed in block * 30..<(block + 1) * 30 {
      var random = SplitMix64(seed: UInt64(7_000_000 + seed))
      let log = (0..<random.below(60)).map { _ in random.pick(["", "a", "ab", "abab", "b\ra", "x"]) }.joined(separator: "\n")
      let patterns = (0..<4).map {
        Pattern("p\($0)", random.pick(["a", "b", "a|b", "ab"]), tail: random.once(in: 3) ? nil : 1 + random.below(30))
      }
      var limits = ScanLimits.untimed
      limits.findingsPerPattern = random.pick([2, 5, 1_000])
      let all = try ReferenceScan.findings(in: Array(log.utf8), patterns)
      var expected: [Finding] = []
      var overflow: [PatternID: Int] = [:]
      for pattern in patterns {
        let own = all.filter { $0.pattern == pattern.id }
        expected += pattern.definition.tail == nil ? own.prefix(limits.findingsPerPattern) : own.suffix(limits.findingsPerPattern)
        if own.count > limits.findingsPerPattern { overflow[pattern.id] = own.count }
      }
      expected.sort(by: Finding.inOrder)
      var scanner = LogScanner(program: try ScanProgram(patterns), limits: limits)
      var findings: [Finding] = []
      for byte in log.utf8 { withUnsafeBytes(of: byte) { scanner.scan($0) { findings.append($0) } } }
      let summary = scanner.finish { findings.append($0) }
      #expect(difference(findings.map(\.withoutText), expected) == nil, "seed \(seed)")
      #expect(summary.overflow == overflow, "seed \(seed)")
      #expect(summary.findings == all.count, "seed \(seed)")
    }
  }

  // MARK: - Excerpts

  private func excerpt(_ expression: String, _ line: [UInt8]) throws -> String? {
    scanText(line, program: try ScanProgram([Pattern("p", expression)])).findings.first?.text
  }

  @Test func aShortSegmentIsKeptWhole() throws {
    let line = String(repeating: "x", count: 499) + "a"
    #expect(try excerpt("a", Array(line.utf8)) == line)
    let wide = String(repeating: "€", count: 499) + "a"
    #expect(try excerpt("a", Array(wide.utf8)) == wide)
  }

  @Test(arguments: ["x", "ü", "€", "😀"]) func aLongSegmentIsCutAroundTheMatch(_ letter: String) throws {
    func line(_ before: Int, _ after: Int) -> [UInt8] {
      Array((String(repeating: letter, count: before) + "ERR" + String(repeating: letter, count: after)).utf8)
    }
    func cut(_ before: Int, _ after: Int) -> String { String(decoding: line(before, after), as: UTF8.self) }
    #expect(try excerpt("ERR", line(1_000, 1_000)) == cut(100, 397))
    #expect(try excerpt("ERR", line(50, 1_000)) == cut(50, 447))
    #expect(try excerpt("ERR", line(0, 1_000)) == cut(0, 497))
    #expect(try excerpt("ERR", line(1_000, 10)) == cut(487, 10))
    #expect(try excerpt("ERR", line(1_000, 0)) == cut(497, 0))
  }

  @Test(arguments: [[0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x00]] as [[UInt8]])
  func anExcerptOfBrokenTextIsNoLonger(_ broken: [UInt8]) throws {
    let some = Array(repeating: broken, count: 3_000).flatMap { $0 }
    for line in [some + Array("ERR".utf8) + some, some + Array("ERR".utf8), Array("ERR".utf8) + some] {
      let text = try #require(try excerpt("ERR", line))
      #expect(text.unicodeScalars.count == 500)
      #expect(text.contains("ERR"))
    }
  }

  @Test func matchesAndCapturesAreCutToWholeCharacters() throws {
    let line = "x" + String(repeating: "€", count: 2_000)
    let finding = try #require(scanText(Array(line.utf8), program: try ScanProgram([Pattern("p", "x(€+)")])).findings.first)
    #expect(finding.end == 6_001)
    #expect(finding.matched == "x" + String(repeating: "€", count: 1_365))
    #expect(finding.captures == [.init(number: 1, value: String(repeating: "€", count: 1_365))])
  }
}
