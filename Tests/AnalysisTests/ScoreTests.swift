import Analysis
import Foundation
import Model
import Testing

@Suite struct ScoreTests {
  private func marks(_ text: String) throws -> [LogMark] { try LogMark.all(in: Data(text.utf8)) }

  private func best(_ line: Int, fallback: Bool = false) -> BestFinding? {
    var running = BestFinding.Running(today: CalendarDay("2026-01-01")!)
    running.take(
      FindingEvidence(rank: PatternRank(id: PatternID("a/b"), verdict: .failure, fallback: fallback), line: line, text: "no"))
    return running.best
  }

  @Test func marksAreReadAndWhatElseTheySayIsPassedOver() throws {
    let read = try marks(
      "{\"log\": \"a.log\", \"line\": 3, \"text\": \"x\", \"captures\": [\"y\"]}\n\n{\"log\":\"b\",\"line\":1}\r\n")
    #expect(read.map(\.log) == ["a.log", "b"])
    #expect(read.map(\.line) == [3, 1])
    #expect(read.map(\.text) == ["x", ""])
  }

  @Test(arguments: ["{}", "{\"log\":\"a\",\"line\":0}", "{\"log\":\"\",\"line\":1}", "nonsense", "{\"log\":\"a\",\"line\":\"1\"}"])
  func whatIsNoMarkIsToldWithItsLine(line: String) {
    #expect(throws: LogMark.Malformed.self) { try marks("{\"log\":\"a\",\"line\":1}\n" + line) }
    do throws(LogMark.Malformed) { _ = try LogMark.all(in: Data(("\n" + line).utf8)) } catch { #expect(error.line == 2) }
  }

  @Test func theBestFindingMustStandOnTheMarkedLine() throws {
    var score = Score()
    score.take(try marks(#"{"log":"right","line":3}"#), best: best(3))
    score.take(try marks(#"{"log":"elsewhere","line":3}"#), best: best(4))
    score.take(try marks(#"{"log":"nothing","line":3}"#), best: nil)
    score.take(try marks(#"{"log":"fallback","line":3}"#), best: best(3, fallback: true))
    score.take(try marks("{\"log\":\"either\",\"line\":3}\n{\"log\":\"either\",\"line\":9}"), best: best(9))
    #expect(score.logs == 5)
    #expect(score.explained == 3)
    #expect(score.right == 3)
    #expect(score.wrong.map(\.log) == ["elsewhere", "nothing"])
    #expect(score.wrong.map { $0.found?.line } == [4, nil])
  }

  @Test func theHalfGoesByTheNameAlone() {
    // `printf %s NAME | sha256sum` ends in 3a for b.log, 05 for a.log, c9 for d.log.
    #expect(MarkHalf(log: "b.log") == .development)
    #expect(MarkHalf(log: "a.log") == .heldOut)
    #expect(MarkHalf(log: "d.log") == .heldOut)
    let halves = (0..<1_000).map { MarkHalf(log: "\($0).log") }
    #expect((400...600).contains(halves.count { $0 == .development }))
  }
}
