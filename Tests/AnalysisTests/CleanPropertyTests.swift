import FuzzSupport
import Analysis
import Testing

@Suite struct CleanPropertyTests {
  @Test(arguments: 0..<40) func streamingEqualsTheReference(_ block: Int) {
    for seed in block * 30..<(block + 1) * 30 {
      var random = SplitMix64(seed: UInt64(seed))
      let bytes = CleanAdversary.log(&random)
      let expected = ReferenceCleaner.clean(bytes)
      var splits: [[Int]] = [[], CleanAdversary.split(bytes.count, &random)]
      if bytes.count < 3_000 { splits.append(Array(repeating: 1, count: bytes.count)) }
      for split in splits {
        let cleaned = CleanCollector.clean(bytes, chunks: split)
        #expect(cleaned.faults == [], "seed \(seed)")
        #expect(ReferenceCleaner.difference(cleaned.log, expected) == nil, "seed \(seed), \(split.count) chunks")
      }
      #expect(expected.lines == bytes.count { $0 == 0x0A } + (bytes.isEmpty || bytes.last == 0x0A ? 0 : 1), "seed \(seed)")
    }
  }

  @Test(arguments: 0..<10) func cleaningCleanedTextChangesNothing(_ block: Int) {
    for seed in block * 100..<(block + 1) * 100 {
      var random = SplitMix64(seed: UInt64(1_000_000 + seed))
      let once = CleanCollector.clean(CleanAdversary.log(&random)).log
      let twice = CleanCollector.clean(ReferenceCleaner.joined(once)).log
      // A second time at the start of a line, or a second byte-order mark, goes with the second pass.
      #expect(ReferenceCleaner.difference(twice, ReferenceCleaner.withoutPrefixes(once)) == nil, "seed \(seed)")
      for segment in twice.segments {
        #expect(!segment.bytes.contains { $0 == 0x1B || $0 == 0x08 || $0 == 0x0D || $0 == 0x0A }, "seed \(seed)")
      }
    }
  }

  @Test(arguments: 0..<10) func windowsCoverTheSegmentWithoutGap(_ block: Int) {
    for seed in block * 20..<(block + 1) * 20 {
      var random = SplitMix64(seed: UInt64(2_000_000 + seed))
      var limits = ScanLimits()
      limits.windowBytes = 152 + random.below(200)
      limits.overlapBytes = random.below(limits.windowBytes)
      // A window that was told is not taken back, so nothing is here.
      let bytes = CleanAdversary.log(&random).filter { $0 != 0x08 }
      let cleaned = CleanCollector.clean(bytes, chunks: CleanAdversary.split(bytes.count, &random), limits: limits)
      #expect(cleaned.faults == [], "seed \(seed)")
      #expect(ReferenceCleaner.difference(cleaned.log, ReferenceCleaner.clean(bytes)) == nil, "seed \(seed)")
    }
  }
}
