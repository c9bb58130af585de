import Analysis
import Model
import Testing

/// Segments that are too long to be matched whole.
@Suite struct ScanWindowTests {
  private let mebibyte = 1 << 20

  private func scan(_ line: [UInt8], _ expression: String, _ limits: ScanLimits = .untimed) throws -> [Finding] {
    let result = scanText(line, program: try ScanProgram([Pattern("p", expression)]), limits: limits)
    #expect(result.summary.inconclusive == [])
    return result.findings
  }

  @Test func aSegmentOfAWindowIsMatchedWhole() throws {
    for (size, windowed) in [(mebibyte - 1, false), (mebibyte, false), (mebibyte + 1, true), (mebibyte + 7, true)] {
      var line = [UInt8](repeating: 0x78, count: size)
      line.replaceSubrange(0..<1, with: "a".utf8)
      line.replaceSubrange(size - 1..<size, with: "z".utf8)
      let findings = try scan(line, "^a|z$")
      #expect(findings.map(\.start) == [0, size - 1], "\(size)")
      #expect(findings.map(\.windowed) == [windowed, windowed], "\(size)")
    }
  }

  @Test func eachMatchIsFoundOnceWhereverItLies() throws {
    let size = 3 * mebibyte
    let needle = Array("needle".utf8)
    var line = [UInt8](repeating: 0x2E, count: size)
    // The windows begin every 960 KiB.
    let step = mebibyte - 64 * 1024
    var starts: [Int] = [0, size - needle.count]
    for window in 1...3 {
      starts += [-20, -10, -3, 4, 30].map { window * step + $0 }
      if window < 3 { starts += [-12, -3, 4].map { (window - 1) * step + mebibyte + $0 } }
    }
    starts.sort()
    for start in starts { line.replaceSubrange(start..<start + needle.count, with: needle) }
    let findings = try scan(line, "needle")
    #expect(findings.map(\.start) == starts)
    #expect(findings.allSatisfy { $0.windowed && $0.matched == "needle" && $0.text.contains("needle") })
    #expect(try scan(line, "^needle").map(\.start) == [0])
    #expect(try scan(line, "needle$").map(\.start) == [size - 6])
    #expect(try scan(line, "^\\.|\\.$") == [])
    #expect(try scan(line, "(?<=needle)\\b").map(\.start) == starts.map { $0 + 6 })
  }

  private let small = ScanLimits.untimed.with(window: 200, overlap: 40)

  @Test func whatLiesBeforeAWindowIsSeen() throws {
    for start in 150...330 {
      var line = [UInt8](repeating: 0x78, count: 600)
      line.replaceSubrange(start..<start + 4, with: "-ab-".utf8)
      #expect(try scan(line, "(?<=a)b", small).map(\.start) == [start + 2], "\(start)")
      #expect(try scan(line, "\\b", small).map(\.start) == [0, start, start + 1, start + 3, start + 4, 600], "\(start)")
      #expect(try scan(line, "\\Bb", small).map(\.start) == [start + 2], "\(start)")
      #expect(try scan(line, "(?<!a)b|^-|-$|\\A-", small) == [], "\(start)")
      #expect(try scan(line, "-ab-(?!x)", small) == [], "\(start)")
      #expect(try scan(line, "-ab-(?=x)", small).map(\.start) == [start], "\(start)")
    }
  }

  @Test func theEndOfAWindowIsNotTheEndOfTheLine() throws {
    let line = Array((String(repeating: "x", count: 600) + "z").utf8)
    #expect(try scan(line, "x+$", small) == [])
    #expect(try scan(line, "x+z$", small).last?.end == 601)
    #expect(try scan(line, "(?m)x+$", small) == [])
  }

  @Test func nothingIsFoundWithinACharacter() throws {
    for shift in 0..<4 {
      let line = Array((String(repeating: "x", count: shift) + String(repeating: "€", count: 400) + "x").utf8)
      #expect(try scan(line, "(?<!€)(?!€)(?!x|$)", small) == [], "\(shift)")
      #expect(try scan(line, "€", small).map(\.start) == (0..<400).map { shift + 3 * $0 }, "\(shift)")
      #expect(try scan(line, "(?=€)", small).map(\.start) == (0..<400).map { shift + 3 * $0 }, "\(shift)")
    }
  }

  @Test func aMatchIsNotFoundAgainInTheOverlap() throws {
    let line = Array(String(repeating: "ab", count: 500).utf8)
    #expect(try scan(line, "ab", small).count == 500)
    #expect(try scan(line, "a", small).count == 500)
    #expect(try scan(line, "abababa", small).map(\.start) == stride(from: 0, to: 993, by: 8).map { $0 })
    // A match may reach to the end of its window; the next one begins there.
    let all = try scan(line, "[ab]+", small)
    #expect(all.first?.start == 0)
    #expect(all.last?.end == 1_000)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.end == $1.start })
  }

  @Test func eachWindowedSegmentStartsAnew() throws {
    let long = String(repeating: "x", count: 500)
    let log = "a\(long)a\ra\(long)a\nb\ra\(long)"
    let findings = try scan(Array(log.utf8), "a", small)
    #expect(findings.map(\.place) == ["p 1:0 0-1", "p 1:0 501-502", "p 1:1 0-1", "p 1:1 501-502", "p 2:1 0-1"])
  }

  /// Nobody looks at a first window in which nothing can match.
  @Test func eachWindowedSegmentStartsAnewBehindItsFirstWindow() throws {
    let long = String(repeating: "x", count: 500)
    let log = "\(long)\(long)needle\n\(long)needle needle\(long)needle\r\(long)needle\(long)"
    let findings = try scan(Array(log.utf8), "needle", small)
    #expect(
      findings.map(\.place) == [
        "p 1:0 1000-1006", "p 2:0 500-506", "p 2:0 507-513", "p 2:0 1013-1019", "p 2:1 500-506",
      ])
  }

  @Test func aLookbehindSeesAsFarAsItLooks() throws {
    let window = mebibyte - 64 * 1024
    for place in [1_600, window + 10, window + 700, window + 1_800, 2 * mebibyte] {
      var line = [UInt8](repeating: 0x2E, count: 3 * mebibyte)
      line.replaceSubrange(place..<place + 6, with: "needle".utf8)
      #expect(try scan(line, "(?<!x.{1500})needle").map(\.start) == [place])
      line[place - 1_501] = UInt8(ascii: "x")
      #expect(try scan(line, "(?<!x.{1500})needle") == [], "\(place)")
    }
  }

  @Test func aSequenceSeesAllWindows() throws {
    let long = String(repeating: "x", count: 500)
    let program = try ScanProgram([Pattern("s", .sequence(["a(.)", "b(.)"], within: 2))])
    let findings = scanText(Array("\(long)a1\(long)\n\(long)b2\(long)b3".utf8), program: program, limits: small).findings
    #expect(findings.map(\.place) == ["s 2:0 500-502"])
    #expect(findings.first?.captures.map(\.value) == ["1", "2"])
  }

  @Test func escapesAndBackspacesOverTheEdge() throws {
    for size in 190...210 {
      let line = String(repeating: "x", count: size) + "er€\u{8}\u{1B}[31mr\u{9B}0mor" + String(repeating: "x", count: 300)
      #expect(try scan(Array(line.utf8), "error", small).map(\.start) == [size], "\(size)")
    }
  }
}
