import FuzzSupport
import Analysis
import Testing

/// Each rule of cleaning by hand. Sequences as in ECMA-48, 5th edition, and xterm's "Control Sequences".
@Suite struct CleanGoldenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let raw: [UInt8]
    /// The segments of all lines: those of one line in a list, empty ones included.
    let lines: [[[UInt8]]]
    var testDescription: String { String(decoding: raw, as: UTF8.self).debugDescription }

    init(_ raw: String, _ lines: [[String]]) {
      self.init(bytes: Array(raw.utf8), lines.map { $0.map { Array($0.utf8) } })
    }

    init(bytes raw: [UInt8], _ lines: [[[UInt8]]]) {
      self.raw = raw
      self.lines = lines
    }
  }

  static func check(_ golden: Case) {
    var expected = ReferenceCleaner.Log()
    expected.lines = golden.lines.count
    for (line, segments) in golden.lines.enumerated() {
      for (index, bytes) in segments.enumerated() where !bytes.isEmpty {
        expected.segments.append(ReferenceCleaner.Segment(line: line + 1, segment: index, bytes: bytes))
      }
    }
    #expect(ReferenceCleaner.difference(CleanCollector.clean(golden.raw).log, expected) == nil)
    let bytewise = CleanCollector.clean(golden.raw, chunks: Array(repeating: 1, count: golden.raw.count))
    #expect(ReferenceCleaner.difference(bytewise.log, expected) == nil)
    #expect(ReferenceCleaner.difference(ReferenceCleaner.clean(golden.raw), expected) == nil, "the reference")
  }

  @Test(arguments: [
    Case("", []),
    Case("\n", [[""]]),
    Case("a", [["a"]]),
    Case("a\n", [["a"]]),
    Case("a\nb", [["a"], ["b"]]),
    Case("a\r\nb\r\r\r\n\nc\r", [["a"], ["b"], [""], ["c"]]),
    Case("\r\n\r\r\n", [[""], [""]]),
    Case("\r", [[""]]),
    Case("\u{FEFF}a\n\u{FEFF}b", [["a"], ["\u{FEFF}b"]]),
    Case("\u{FEFF}", [[""]]),
    Case("\u{FEFF}\u{FEFF}a", [["\u{FEFF}a"]]),
    Case(bytes: [0xEF, 0xBB, 0x61], [[[0xEF, 0xBB, 0x61]]]),
  ])
  func lines(_ golden: Case) { Self.check(golden) }

  @Test(arguments: [
    Case("2024-02-29T23:59:60.1234567Z hi\n", [["hi"]]),
    Case("2024-02-29T23:59:60.123456Z hi\n", [["hi"]]),
    Case("2024-02-29T23:59:60.12345678Z hi\n", [["hi"]]),
    Case("2024-02-29T23:59:60.123456789Z hi\n", [["hi"]]),
    Case("2024-02-29T23:59:60.12345Z hi", [["2024-02-29T23:59:60.12345Z hi"]]),
    Case("2024-02-29T23:59:60.1234567890Z hi", [["2024-02-29T23:59:60.1234567890Z hi"]]),
    Case("2024-02-29T23:59:60.1234567Zhi", [["2024-02-29T23:59:60.1234567Zhi"]]),
    Case("2024-02-29T23:59:60.1234567Z", [["2024-02-29T23:59:60.1234567Z"]]),
    Case("2024-02-29T23:59:60.1234567Z ", [[""]]),
    Case("2024-02-29T23:59:60.1234567z hi", [["2024-02-29T23:59:60.1234567z hi"]]),
    Case("2024-02-29T23:59:60Z hi", [["2024-02-29T23:59:60Z hi"]]),
    Case("2024-2-29T23:59:60.1234567Z hi", [["2024-2-29T23:59:60.1234567Z hi"]]),
    Case(" 2024-02-29T23:59:60.1234567Z hi", [[" 2024-02-29T23:59:60.1234567Z hi"]]),
    Case("\u{FEFF}2024-02-29T23:59:60.1234567Z hi", [["hi"]]),
    Case("\u{1B}[0m2024-02-29T23:59:60.1234567Z \u{1B}[31mhi", [["hi"]]),
    Case("2024-02-29T23:59:60.1234567Z a\r2024-02-29T23:59:60.1234567Z b", [["a", "2024-02-29T23:59:60.1234567Z b"]]),
    Case("\r2024-02-29T23:59:60.1234567Z b", [["", "2024-02-29T23:59:60.1234567Z b"]]),
    Case("2024-02-29T23:59:60.1234567Z \r\n", [[""]]),
    Case("2024-02-29T23:59:60.1234567Z \u{8}\u{8}|\u{8}/", [["/"]]),
    Case("2024-02-29T23:59:60.123456Z 00O hi", [["hi"]]),
    Case("2024-02-29T23:59:60.123456Z 01E hi", [["hi"]]),
    Case("2024-02-29T23:59:60.123456Z fFO+hi", [["hi"]]),
    Case("2024-02-29T23:59:60.123456Z 00O+ hi", [[" hi"]]),
    Case("2024-02-29T23:59:60.123456Z 0gO hi", [["0gO hi"]]),
    Case("2024-02-29T23:59:60.123456Z 00o hi", [["00o hi"]]),
    Case("2024-02-29T23:59:60.123456Z 00O-hi", [["00O-hi"]]),
    Case("2024-02-29T23:59:60.123456Z 00O", [["00O"]]),
    Case("00O hi", [["00O hi"]]),
    Case(
      "2024-02-29T23:59:60.123456Z 00O \u{1B}[0Ksection_start:1:x\r\u{1B}[0K\u{1B}[36;1mPrepare",
      [["section_start:1:x", "Prepare"]]),
  ])
  func times(_ golden: Case) { Self.check(golden) }

  @Test(arguments: [
    Case("10%\r50%\r100%\n", [["10%", "50%", "100%"]]),
    Case("a\r\rb\n", [["a", "", "b"]]),
    Case("\rb\n", [["", "b"]]),
    Case("a\r\u{1B}[K\n", [["a", ""]]),
    Case("a\r\u{1B}[Kb\r\n", [["a", "b"]]),
    Case("\u{1B}[31\rm\n", [["", "m"]]),
    Case("\u{1B}\r[m\n", [["", "[m"]]),
    Case("\u{1B}]0;a\rb\u{7}c\n", [["c"]]),
    Case("\u{1B}]0;a\rb\n", [["0;a", "b"]]),
    Case("a\r\u{8}b\n", [["a", "b"]]),
  ])
  func segments(_ golden: Case) { Self.check(golden) }

  @Test(arguments: [
    Case("\u{1B}[31mred\u{1B}[0m", [["red"]]),
    Case("\u{1B}[38:2::255:0:0;1mx\u{1B}[?2004hy\u{1B}[>0cz\u{1B}[!p", [["xyz"]]),
    Case("\u{1B}[1 qx\u{1B}[1$}y", [["xy"]]),
    Case("\u{1B}[@a\u{1B}[~b", [["ab"]]),
    Case("a\u{1B}[31", [["a"]]),
    Case("a\u{1B}[31\nb", [["a"], ["b"]]),
    Case("a\u{1B}[31\r\nb", [["a"], ["b"]]),
    Case("a\u{1B}\nb", [["a"], ["b"]]),
    Case("a\u{1B}[3éb", [["aéb"]]),
    Case("a\u{1B}[ 3m", [["a3m"]]),
    Case("\u{1B}[3\u{1B}[4mb", [["b"]]),
    Case("\u{1B}\u{1B}[4mb", [["b"]]),
    Case("\u{1B}(Bx\u{1B})0y\u{1B}#8z\u{1B}%G.\u{1B}7\u{1B}8\u{1B}c\u{1B}=\u{1B}>", [["xyz."]]),
    Case("\u{1B}$(Dx\u{1B}( /y\u{1B}( éz", [["xéz"]]),
    Case("\u{1B}éx\u{1B}\u{7F}y", [["éx\u{7F}y"]]),
    Case("ab\u{1B}\u{8}c", [["ac"]]),
    Case("\u{9B}31mred\u{9B}0m", [["red"]]),
    Case("a\u{85}b\u{84}c\u{9C}d\u{91}e", [["a\u{85}b\u{84}c\u{9C}d\u{91}e"]]),
    Case(bytes: [0x61, 0x9B, 0x33, 0x31, 0x6D], [[[0x61, 0x9B, 0x33, 0x31, 0x6D]]]),
    Case(bytes: [0x9D, 0x30, 0x07, 0x90, 0x62], [[[0x9D, 0x30, 0x07, 0x90, 0x62]]]),
    // The letter ț is C8 9B, and 🛑 is F0 9F 9B 91: no control in either.
    Case("ț31m🛑[", [["ț31m🛑["]]),
    Case(bytes: [0xC2, 0xC2, 0x9B, 0x6D, 0x9B, 0x6D, 0x78], [[[0x78]]]),
    Case(bytes: [0xC2, 0x1B, 0x5B, 0x6D, 0x9B, 0x6D, 0x78], [[[0x78]]]),
    Case(bytes: [0xC2, 0x0D, 0x9B, 0x6D], [[[0xC2], [0x9B, 0x6D]]]),
  ])
  func escapes(_ golden: Case) { Self.check(golden) }

  @Test(arguments: [
    Case("\u{1B}]0;title\u{7}x\u{1B}]8;;http://e\u{1B}\\link\u{1B}]8;;\u{1B}\\y", [["xlinky"]]),
    Case("\u{1B}_bk;t=1\u{7}a\u{1B}Pq#0\u{1B}\\b\u{1B}^p\u{1B}\\c\u{1B}Xs\u{1B}\\d", [["abcd"]]),
    Case("\u{9D}0;t\u{7}a\u{9F}x\u{1B}\\b\u{90}q\u{7}c\u{9E}p\u{7}d\u{98}s\u{7}e", [["abcde"]]),
    Case("\u{1B}]\u{7}a\u{1B}]\u{1B}\\b", [["ab"]]),
    Case("\u{1B}]\\a\u{7}b", [["b"]]),
    Case("\u{1B}]0;a\u{1B}[31mb\u{7}c", [["c"]]),
    Case("\u{1B}]0;a\u{1B}[31mb", [["0;ab"]]),
    Case("\u{1B}]0;title\nnext", [["0;title"], ["next"]]),
    Case("\u{1B}]0;title\r\nnext\u{7}", [["0;title"], ["next\u{7}"]]),
    Case("\u{1B}]a\u{1B}]b\u{1B}Pc\n", [["abc"]]),
    Case("\u{1B}]a\u{1B}]b\u{7}c\n", [["c"]]),
    Case("ab\u{1B}]\u{8}\u{8}c\n", [["c"]]),
    Case("\u{1B}]0;t\u{9C}x\u{7}y\n", [["y"]]),
    Case("\u{1B}]0;t\u{9C}x\n", [["0;t\u{9C}x"]]),
    Case("\u{1B}]\u{1B}", [[""]]),
    Case(bytes: [0x1B, 0x5D, 0x00, 0xFF, 0x07, 0x61], [[[0x61]]]),
  ])
  func strings(_ golden: Case) { Self.check(golden) }

  @Test func aStringEndsWithin4096BytesOrIsNone() {
    let tooLong = String(repeating: "x", count: 4_094)
    let fits = String(tooLong.dropLast())
    Self.check(Case("a\u{1B}]\(fits)\u{7}b", [["ab"]]))
    Self.check(Case("a\u{1B}]\(tooLong)\u{7}b", [["a\(tooLong)\u{7}b"]]))
    Self.check(Case("a\u{9D}\(fits)\u{7}b", [["ab"]]))
    Self.check(Case("a\u{9D}\(tooLong)\u{7}b", [["a\(tooLong)\u{7}b"]]))
    Self.check(Case("a\u{1B}P\(fits.dropLast())\u{1B}\\b", [["ab"]]))
    Self.check(Case("a\u{1B}P\(fits)\u{1B}\\b", [["a\(fits)b"]]))
  }

  @Test func whatABrokenStringHidIsTextAgain() {
    let long = String(repeating: "x", count: 5_000)
    Self.check(Case("\u{1B}]\(long)\r\u{1B}[31mred\u{7}\n", [[long, "red\u{7}"]]))
    // The second introducer is near enough to its end, the first isn't.
    let half = String(repeating: "x", count: 3_000)
    Self.check(Case("\u{1B}]\(half)\u{1B}]\(half)\u{7}b\n", [["\(half)b"]]))
    // Thousands that begin and none that ends.
    Self.check(Case(String(repeating: "\u{1B}]", count: 20_000) + "x\n", [["x"]]))
    Self.check(Case(String(repeating: "\u{1B}]ab", count: 20_000) + "\n", [[String(repeating: "ab", count: 20_000)]]))
  }

  @Test(arguments: [
    Case("ab\u{8}c", [["ac"]]),
    Case("a\u{8}\u{8}\u{8}c", [["c"]]),
    Case("a€\u{8}b", [["ab"]]),
    Case("aü\u{8}b😀\u{8}c", [["abc"]]),
    Case("e\u{301}\u{8}x", [["ex"]]),
    Case("a\u{8}", [[""]]),
    Case("\u{1B}[31mab\u{1B}[0m\u{8}c", [["ac"]]),
    Case("ab\r\u{8}c", [["ab", "c"]]),
    Case("a\n\u{8}b", [["a"], ["b"]]),
    Case(bytes: [0x61, 0x80, 0x08, 0x62], [[[0x61, 0x62]]]),
    Case(bytes: [0x61, 0x80, 0x80, 0x08, 0x62], [[[0x61, 0x80, 0x62]]]),
    Case(bytes: [0xE2, 0x82, 0x08, 0x62], [[[0xE2, 0x62]]]),
    Case(bytes: [0xC3, 0xA9, 0x80, 0x08, 0x62], [[[0xC3, 0xA9, 0x62]]]),
    Case(bytes: [0xC0, 0x80, 0x08], [[[0xC0]]]),
    Case(bytes: [0xF4, 0x80, 0x80, 0x80, 0x08], [[[]]]),
    // No sequence of UTF-8 begins with F5 to FF.
    Case(bytes: [0xF5, 0x80, 0x80, 0x80, 0x08], [[[0xF5, 0x80, 0x80]]]),
    Case(bytes: [0xFF, 0x80, 0x80, 0x80, 0x08], [[[0xFF, 0x80, 0x80]]]),
    Case(bytes: [0x80, 0x80, 0x80, 0x80, 0x80, 0x08], [[[0x80, 0x80, 0x80, 0x80]]]),
  ])
  func backspaces(_ golden: Case) { Self.check(golden) }

  @Test func allOtherBytesStay() {
    let bytes = (UInt8.min...UInt8.max).filter { ![0x08, 0x0A, 0x0D, 0x1B].contains($0) }
    Self.check(Case(bytes: bytes, [[bytes]]))
    Self.check(Case(bytes: bytes.reversed(), [[bytes.reversed()]]))
  }

  @Test func backspacesReachOverTheEdgeOfAWindow() {
    var limits = ScanLimits()
    limits.windowBytes = 200
    limits.overlapBytes = 50
    let head = String(repeating: "h", count: 199)
    let cleaned = CleanCollector.clean(Array("\(head)€\u{8}\u{8}\u{8}xy\u{1B}[31mz\n".utf8), limits: limits)
    #expect(cleaned.faults == [])
    #expect(cleaned.log.segments.map(\.bytes) == [Array((head.dropLast(2) + "xyz").utf8)])
  }

  @Test func anIntroducerIsSeenOverTheEdgeOfAWindow() {
    var limits = ScanLimits()
    limits.windowBytes = 200
    limits.overlapBytes = 50
    for length in 195...205 {
      let head = String(repeating: "h", count: length)
      for sequence in ["\u{9B}31m", "\u{1B}[31m", "\u{9D}t\u{7}", "\u{1B}Pq\u{1B}\\"] {
        let cleaned = CleanCollector.clean(Array("\(head)\(sequence)tail\n".utf8), limits: limits)
        #expect(cleaned.faults == [])
        #expect(cleaned.log.segments.map(\.bytes) == [Array("\(head)tail".utf8)], "\(length)")
      }
    }
  }
}
