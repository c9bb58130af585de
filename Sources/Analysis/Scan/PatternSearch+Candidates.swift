extension PatternSearch {
  /// Searches the segments of a chunk that its sieve names, for what it names.
  /// - Parameters:
  ///   - piece: all of the chunk, if it is a piece of a segment.
  ///   - linesBefore: lines of the log before those that the chunk counts.
  mutating func search(
    _ sieve: borrowing ChunkSieve, in chunk: borrowing CleanChunk, alone piece: SegmentPiece? = nil, linesBefore: Int = 0
  ) {
    for index in sieve.candidates.indices {
      let candidate = sieve.candidates[index]
      let segment =
        piece
        ?? SegmentPiece(
          bytes: UnsafeRawBufferPointer(start: chunk.text + candidate.text.lowerBound, count: candidate.text.count),
          context: 0, offset: 0, line: linesBefore + candidate.line, segment: candidate.segment, overlap: 0)
      begin(segment)
      for step in candidate.steps { search(Int(sieve.steps[step]), in: segment) }
    }
  }
}
