@testable import Analysis
import Testing

/// How lines of a log are shown: colours (ECMA-48, 8.3.117; xterm's "Control Sequences"), times, segments, sections, marks, limits.
@Suite struct LogWindowTests {
  /// - Parameter chunk: bytes that come at once.
  private func window(_ log: String, chunk: Int = .max, _ change: (inout LogWindow.Request) -> Void = { _ in }) -> LogWindow {
    var request = LogWindow.Request(lines: 1...1_000)
    change(&request)
    var builder = WindowBuilder(request)
    var cleaner = LogCleaner()
    let bytes = Array(log.utf8)
    bytes.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: min(chunk, max(1, all.count))) {
        cleaner.clean(UnsafeRawBufferPointer(rebasing: all[start...].prefix(chunk)), into: &builder)
      }
    }
    cleaner.finish(into: &builder)
    return builder.finish()
  }

  /// The looks of each run in short: `text|31 b`.
  private func looks(_ line: LogLine) -> [String] {
    (line.segments.last?.runs ?? []).map { run in
      var looks: [String] = []
      switch run.style.foreground {
      case .palette(let index): looks.append("\(index)")
      case .rgb(let red, let green, let blue): looks.append("\(red),\(green),\(blue)")
      case nil: break
      }
      switch run.style.background {
      case .palette(let index): looks.append("on \(index)")
      case .rgb(let red, let green, let blue): looks.append("on \(red),\(green),\(blue)")
      case nil: break
      }
      if run.style.isBold { looks.append("bold") }
      if run.style.isUnderlined { looks.append("underlined") }
      if run.style.isInverse { looks.append("inverse") }
      return looks.isEmpty ? run.text : run.text + "|" + looks.joined(separator: " ")
    }
  }

  @Test(arguments: [
    ("a\u{1B}[31mb\u{1B}[0mc", ["a", "b|1", "c"]),
    ("\u{1B}[1;4;92;103mx\u{1B}[22;24;39;49my", ["x|10 on 11 bold underlined", "y"]),
    ("\u{1B}[38;5;208mx\u{1B}[48;5;232my", ["x|208", "y|208 on 232"]),
    ("\u{1B}[38;2;1;2;3mx\u{1B}[m\u{1B}[48:2::4:5:6my\u{1B}[0;38:5:9mz", ["x|1,2,3", "y|on 4,5,6", "z|9"]),
    // Not colours: private parameters, a component out of range, a palette's end, other final bytes, more than anyone writes.
    ("\u{1B}[>4;31mx\u{1B}[38;2;1;2;300my\u{1B}[38;5;256mz\u{1B}[31Kä", ["xyzä"]),
    ("\u{1B}[\(String(repeating: "0;", count: 80))31mx", ["x"]),
    // A character that is taken back takes no colour along, and what comes in its place has the new one.
    ("ab\u{1B}[31m\u{8}\u{8}c\u{1B}[0md", ["c|1", "d"]),
    ("\u{C2}\u{9B}31mx", ["\u{C2}", "x|1"]),
    ("\u{9B}31mx", ["x|1"]),
    // A time is no text, and colours that begin before or behind it are where they were.
    ("2024-05-01T10:20:30.1234567Z \u{1B}[36mab\u{1B}[0mc", ["ab|6", "c"]),
    ("\u{1B}[7m2024-05-01T10:20:30.1234567Z ab", ["ab|inverse"]),
    // Links lead nowhere: they are dropped whole.
    ("\u{1B}]8;;javascript:alert(1)\u{7}click\u{1B}]8;;\u{7}", ["click"]),
  ])
  func coloursAreKept(log: String, looks: [String]) {
    #expect(self.looks(window(log).lines[0]) == looks)
    #expect(window(log) == window(log, chunk: 1), "whatever the chunks")
  }

  @Test func coloursGoOnUntilTheyAreReset() {
    let lines = window("\u{1B}[31ma\nb\n\nc\u{1B}[0m\nd").lines
    #expect(lines.map(looks) == [["a|1"], ["b|1"], [], ["c|1"], ["d"]])
    var request = LogWindow.Request(lines: 3...4)
    request.styleChanges = 10
    #expect(window("\u{1B}[31ma\nb\n\nc\u{1B}[0m\nd") { $0 = request }.lines.map(looks) == [[], ["c|1"]])
  }

  @Test func timesAreTold() {
    let lines = window(
      """
      \u{FEFF}2024-05-01T10:20:30.1234567Z a
      2024-05-01T10:20:31.123456Z 00O b
      \u{1B}_bk;t=1745322209921\u{7}c
      d
      """
    ).lines
    #expect(
      lines.map(\.time) == [
        "2024-05-01T10:20:30.1234567Z", "2024-05-01T10:20:31.123456Z", "2025-04-22T11:43:29.921Z", nil,
      ])
    #expect(lines.map { $0.segments.last?.text } == ["a", "b", "c", "d"])
  }

  @Test func theLastSegmentThatIsNotEmptyIsShown() {
    let log = "10 %\r50 %\r\u{1B}[K\r100 %\r\r\u{1B}[K\nnext\r\n"
    let line = window(log).lines[0]
    #expect(line.segments.map(\.text) == ["100 %"])
    #expect(line.segmentCount == 3)
    #expect(window(log).lines[1].segments.map(\.text) == ["next"])
    #expect(window(log) { $0.wholeLines = [1] }.lines[0].segments.map(\.index) == [0, 1, 3])
    // One that something is to be said about is shown, too.
    let marked = window(log) { $0.marks = [LineMark(line: 1, segment: 1, start: 0, end: 2, id: 7)] }.lines[0]
    #expect(marked.segments.map(\.text) == ["50 %", "100 %"])
    #expect(marked.segments[0].runs.map(\.mark) == [7, nil])
    let few = window(log) {
      $0.wholeLines = [1]
      $0.segmentsPerLine = 1
    }
    #expect(few.lines[0].segments.map(\.text) == ["10 %", "100 %"])
  }

  @Test func marksLieWhereTheyWereFound() {
    let line = window("\u{1B}[31merror: \u{1B}[0mno späce left") {
      $0.marks = [
        LineMark(line: 1, segment: 0, start: 7, end: 16, id: 1), LineMark(line: 1, segment: 0, start: 0, end: 9, id: 2),
      ]
    }.lines[0]
    #expect(line.segments[0].runs.map(\.text) == ["error: ", "no späce", " left"])
    #expect(line.segments[0].runs.map(\.mark) == [2, 1, nil])
  }

  @Test func hugeLinesAreCutAndSaySo() {
    let long = String(repeating: "x", count: 3 << 20)
    let log = "a\n" + long + "END\nb\n"
    let plain = window(log).lines[1].segments[0]
    #expect(plain.isCut && plain.start == 0 && plain.bytes.count == 8 * 1024 && plain.total == long.count + 3)
    // Far behind the beginning, across the pieces that cleaning makes of such a segment.
    let at = long.count
    let marked = window(log) { $0.marks = [LineMark(line: 2, segment: 0, start: at, end: at + 3, id: 0)] }.lines[1].segments[0]
    #expect(marked.start == at - 500 && marked.runs.last == LogSegment.Run(text: "END", style: ConsoleStyle(), mark: 0))
    #expect(window(log).lines[2].segments[0].text == "b")
    // And all of them together.
    let many = window((0..<100).map { "\($0) \(String(repeating: "y", count: 10_000))\n" }.joined()) { $0.bytes = 100_000 }
    let kept = many.lines.reduce(0) { $0 + ($1.segments.last?.bytes.count ?? 0) }
    let most = 100_000 + 8 * 1024 + 100 * 256
    #expect(kept < most)
  }

  /// Lines with the sections that begin and end there: `(` before the line, `)` before or behind it.
  private func folds(_ log: String, headings: Bool = false) -> [String] {
    window(log) { $0.hasHeadings = headings }.lines.map { line in
      String(repeating: ")", count: line.endsBefore)
        + line.begins.map { "(\($0.title)\($0.isOpen ? "+" : "") " }.joined() + "\(line.number)"
        + String(repeating: ")", count: line.endsAfter)
    }
  }

  @Test func sectionsOfGitHub() {
    #expect(
      folds("2024-05-01T10:20:30.1234567Z ##[group]Run make\nmake\n##[endgroup]\nx\n##[endgroup]")
        == ["(Run make 1", "2", "3)", "4", "5"])
  }

  @Test func sectionsOfGitLab() {
    let log = """
      section_start:1560896352:prepare[collapsed=true]\r\u{1B}[0K\u{1B}[36mPreparing\u{1B}[0m
      a
      section_end:1560896353:prepare\r\u{1B}[0Ksection_start:1560896353:build\r\u{1B}[0KBuilding
      section_start:x:no
      b
      section_end:1560896353:unknown\r\u{1B}[0K
      section_end:1560896353:build\r\u{1B}[0K
      c
      """
    #expect(folds(log) == ["(Preparing 1", "2", ")(Building+ 3", "4", "5", "6", "7)", "8"])
  }

  @Test func sectionsOfTravis() {
    #expect(
      folds("travis_fold:start:apt\r\u{1B}[0Ktravis_time:start:1\r\u{1B}[0K$ apt-get\nx\ntravis_fold:end:apt\r\u{1B}[0K\ny")
        == ["($ apt-get 1", "2", "3)", "4"])
  }

  @Test func headingsOfBuildkite() {
    #expect(
      folds("~~~ Setting up\na\n--- :hammer: Build\n^^^ +++\n+++ Test\nb", headings: true)
        == ["(Setting up 1", "2", ")(:hammer: Build 3", "4", ")(Test+ 5", "6"])
    // A patch in another log isn't one.
    #expect(folds("--- a/file\n+++ b/file") == ["1", "2"])
    #expect(folds("\u{1B}_bk;t=1745322209921\u{7}--- a\nb") == ["(a 1", "2"])
  }

  @Test func aWindowKnowsTheSectionsThatItStandsIn() {
    let log = "##[group]one\na\nb\n##[endgroup]\nc\n"
    let inside = window(log) { $0 = LogWindow.Request(lines: 3...4) }
    #expect(inside.sections == [LogLine.Section(title: "one", line: 1, isOpen: false)])
    #expect(inside.lines.map(\.number) == [3, 4] && inside.lines[1].endsAfter == 1)
    #expect(window(log) { $0 = LogWindow.Request(lines: 5...9) }.sections == [])
  }
}
