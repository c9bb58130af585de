@testable import Analysis
import Testing

/// Lines as they stand in the raw log, with their colours.
@Suite struct RawWindowTests {
  /// - Parameter chunk: bytes that come at once.
  private func raw(
    _ log: String, chunk: Int = .max, _ change: (inout LogWindow.Request) -> Void = { _ in }
  ) -> (window: LogWindow, lines: Int) {
    var request = LogWindow.Request(lines: 1...1_000)
    change(&request)
    var builder = RawWindowBuilder(request)
    let bytes = Array(log.utf8)
    bytes.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: min(chunk, max(1, all.count))) {
        builder.take(UnsafeRawBufferPointer(rebasing: all[start...].prefix(chunk)))
      }
    }
    let lines = builder.lines
    return (builder.finish(), lines)
  }

  private static let log =
    "a\u{1B}[1;31mred\u{1B}[0m\u{1B}[2Kb\r10 %\r20 %\n\u{1B}[32mgreen\nstill\u{1B}]8;;x\u{7}y\u{1B}\u{1B}[39mz\n\u{1B}[38;5;9\nend"

  @Test func everyByteIsThereAndColoursTakeEffect() {
    let (window, lines) = raw(Self.log)
    #expect(lines == 5)
    #expect(window.lines.map { $0.segments.map(\.text).joined() }.joined(separator: "\n") == Self.log)
    let runs = window.lines.flatMap { $0.segments[0].runs }
    func foreground(_ text: String) -> ConsoleColor?? { runs.first { $0.text == text }?.style.foreground }
    #expect(foreground("red") == .some(.palette(1)))
    #expect(foreground("b\r10 %\r20 %") == .some(nil))
    #expect(foreground("green") == .some(.palette(2)) && foreground("still") == .some(.palette(2)))
    #expect(foreground("z") == .some(nil))
    #expect(runs.first { $0.text == "\u{1B}[1;31m" }?.style.isFaint == true)
    // A sequence that the line's end cuts off changes nothing.
    #expect(foreground("end") == .some(nil))
  }

  @Test(arguments: [1, 2, 3, 7]) func howItIsCutChangesNothing(chunk: Int) {
    #expect(raw(Self.log, chunk: chunk) == raw(Self.log))
  }

  @Test func aWindowIsPartOfTheWholeAndHoldsNoMoreThanItMay() {
    let whole = raw(Self.log).window.lines
    #expect(raw(Self.log) { $0.lines = 3...4 }.window.lines == Array(whole[2...3]))
    let long = raw(String(repeating: "x", count: 100_000) + "\nnext") { $0.segmentBytes = 100 }.window.lines
    #expect(long[0].segments[0].bytes.count == 100 && long[0].segments[0].total == 100_000 && long[0].segments[0].isCut)
    #expect(long[1].segments[0].text == "next")
    let many = raw(String(repeating: "\u{1B}[1m", count: 1_000)) { $0.styleChanges = 10 }.window.lines
    #expect(many[0].segments[0].styles.count <= 10)
  }

  @Test func linesWithFindingsAreMarked() {
    let window = raw("one\ntwo\n") { $0.marks = [LineMark(line: 2, segment: 0, start: 1, end: 2, id: 7)] }.window
    #expect(window.lines[0].segments[0].marks.isEmpty)
    #expect(window.lines[1].segments[0].marks.map(\.id) == [7])
    #expect(window.lines[1].segments[0].runs.allSatisfy { $0.mark == nil })
  }
}
