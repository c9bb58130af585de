import Pipeline
import Testing

@Suite struct LedgerPaceTests {
  @Test func timeLeftGoesByWhatGotDone() {
    var pace = LedgerPace()
    pace.note(due: 1_000, at: 100)
    #expect(pace.secondsLeft == nil)
    pace.note(due: 900, at: 101)
    #expect(pace.secondsLeft == nil)
    pace.note(due: 800, at: 110)
    #expect(pace.pairsPerSecond == 20 && pace.secondsLeft == 40)
    // New pairs: what was says nothing of them.
    pace.note(due: 5_000, at: 120)
    #expect(pace.secondsLeft == nil)
    pace.note(due: 4_000, at: 130)
    #expect(pace.secondsLeft == 40)
    // Nobody looked for an hour.
    pace.note(due: 3_000, at: 3_730)
    #expect(pace.secondsLeft == nil)
    pace.note(due: 0, at: 3_740)
    #expect(pace.pairsPerSecond == 300 && pace.secondsLeft == nil)
  }
}
