import FuzzSupport
import Analysis
import Testing

@Suite(.enabled(if: CleanRecordings.arePresent, "no recordings in \(CleanRecordings.folder.path)"))
struct CleanRecordingTests {
  @Test func recordingsAreThere() {
    #expect(CleanRecordings.logs.count > 50)
  }

  @Test(arguments: CleanRecordings.logs) func recordingsAreCleaned(_ path: String) throws {
    let bytes = try CleanRecordings.read(path)
    let whole = CleanCollector.clean(bytes)
    #expect(whole.faults == [])
    #expect(whole.log.lines == bytes.count { $0 == 0x0A } + (bytes.last == 0x0A ? 0 : 1))
    #expect(!whole.log.segments.contains { $0.bytes.contains(0x1B) })
    var random = SplitMix64(seed: UInt64(bytes.count))
    let split = CleanCollector.clean(bytes, chunks: CleanAdversary.split(bytes.count, &random))
    #expect(ReferenceCleaner.difference(split.log, whole.log) == nil)
    let start = Array(bytes.prefix(100_000))
    #expect(ReferenceCleaner.difference(CleanCollector.clean(start).log, ReferenceCleaner.clean(start)) == nil)
  }
}
