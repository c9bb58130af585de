import CScanKernels
import Model

/// Finds which segments of a chunk must be searched, and for what: the literals of all expressions are looked for in one pass, and a
/// segment that holds one is a candidate for the steps that need it.
struct ChunkSieve: ~Copyable {
  /// Of the last chunk, in order.
  private(set) var candidates: [Candidate] = []
  /// The steps of all candidates, each candidate's ascending.
  private(set) var steps: [UInt32] = []

  /// A segment that must be searched.
  struct Candidate {
    /// Where it lies in the chunk's text.
    let text: Range<Int>
    let line: Int
    let segment: Int
    /// What it must be searched for: a part of `steps`.
    let steps: Range<Int>
  }

  private let filter: LiteralFilter
  private let tables: LiteralFilter.Tables
  private let kernels: Kernels
  private let sampledHits = UnsafeMutablePointer<UInt32>.allocate(capacity: ChunkSieve.blockBytes / 4 + 16)
  private let shortHits = UnsafeMutablePointer<UInt32>.allocate(capacity: ChunkSieve.blockBytes + 64)
  /// For each step the last segment that it was wanted for, by `segmentNumber`.
  private var lastWanted: [Int]
  private var segmentNumber = 0
  /// Where the steps of the current segment begin.
  private var firstStep = 0

  /// The literals are found in so many bytes of a chunk at a time; a multiple of the kernels' blocks.
  private static let blockBytes = 8 * 1024

  init(_ program: ScanProgram) {
    filter = program.filter
    tables = filter.tables
    kernels = filter.kernels
    lastWanted = Array(repeating: -1, count: program.steps.count)
  }

  deinit {
    sampledHits.deallocate()
    shortHits.deallocate()
  }

  /// Where in the chunk the sieve is.
  private struct Position {
    /// The current segment, without its newline; at first the nothing before the chunk's first newline.
    var start = 0
    var end = 0
    var cursor = CleanChunk.LineCursor()
  }

  /// - Parameter isOneSegment: all of the chunk is one segment, or a piece of one.
  mutating func sift(_ chunk: borrowing CleanChunk, isOneSegment: Bool = false) {
    candidates.removeAll(keepingCapacity: true)
    steps.removeAll(keepingCapacity: true)
    firstStep = 0
    guard !chunk.isEmpty else { return }
    var position = Position()
    if isOneSegment {
      position.start = 1
      position.end = chunk.count - 1
    }
    var from = 0
    while from < chunk.count {
      let to = min(from + Self.blockBytes, chunk.count)
      siftBlock(from..<to, of: chunk, &position)
      from = to
    }
    if !isOneSegment, !filter.always.isEmpty { advance(&position, to: chunk.count, in: chunk) }
    endSegment(&position, in: chunk)
  }

  /// Goes through what the kernels find in a block, in order of its place.
  private mutating func siftBlock(_ range: Range<Int>, of chunk: borrowing CleanChunk, _ position: inout Position) {
    var sampledCount = 0
    if let sampled = tables.sampled {
      var maps = sampled.maps
      sampledCount = kernels.findSampled(&maps, in: chunk.text, range, hits: sampledHits)
    }
    var shortCount = 0
    if let shorts = tables.shorts {
      shortCount = kernels.findShorts(shorts.classes.base, in: chunk.text, range, hits: shortHits)
    }
    var nextSampled = 0
    var nextShort = 0
    // Both lists hold as many positions as the kernels say, each below the end of the chunk rounded up to a block: within its slack.
    while nextSampled < sampledCount || nextShort < shortCount {
      if nextShort == shortCount || (nextSampled < sampledCount && sampledHits[nextSampled] <= shortHits[nextShort]) {
        let at = Int(sampledHits[nextSampled])
        nextSampled += 1
        guard let sampled = tables.sampled else { continue }
        let gram = UnsafeRawPointer(chunk.text + at).loadUnaligned(as: UInt64.self) | 0x2020_2020_2020_2020
        check(sampled.fours.places(of: gram & 0xFFFF_FFFF), at, in: chunk, &position)
        if let eights = sampled.eights { check(eights.places(of: gram), at, in: chunk, &position) }
      } else {
        let at = Int(shortHits[nextShort])
        nextShort += 1
        guard let shorts = tables.shorts else { continue }
        let gram = UnsafeRawPointer(chunk.text + at).loadUnaligned(as: UInt32.self) | 0x2020_2020
        check(shorts.fours.places(of: UInt64(gram)), at, in: chunk, &position)
      }
    }
  }

  /// Compares the literals that may have a q-gram at that place of the chunk.
  private mutating func check(
    _ places: UnsafeBufferPointer<GramTable.Place>, _ at: Int, in chunk: borrowing CleanChunk,
    _ position: inout Position
  ) {
    for place in places {
      let literal = UnsafePointer(tables.literals.base) + Int(place.literal)
      let start = at - Int(place.offset)
      // What is compared lies within the chunk; the words that it is loaded by end within its slack.
      guard start >= 0, start + literal.pointee.count <= chunk.count, FilterLiteral.lies(literal, at: chunk.text + start) else {
        continue
      }
      // A literal holds no newline but at its start, where it stands for the start of a segment: what is behind lies in the segment.
      let inside = max(at, start + 1)
      if inside >= position.end { advance(&position, to: inside, in: chunk) }
      let first = Int(literal.pointee.firstStep)
      for index in first..<first + Int(literal.pointee.stepCount) {
        want(tables.steps.base[index])
      }
    }
  }

  private mutating func want(_ step: UInt32) {
    if lastWanted[Int(step)] == segmentNumber { return }
    lastWanted[Int(step)] = segmentNumber
    steps.append(step)
  }

  /// Ends the current segment and goes on to the one that holds `offset`, or to the end of the chunk if none does.
  private mutating func advance(_ position: inout Position, to offset: Int, in chunk: borrowing CleanChunk) {
    endSegment(&position, in: chunk)
    if filter.always.isEmpty {
      position.start = Self.startOfSegment(offset, in: chunk, notBefore: position.end + 1)
      position.end = Self.endOfSegment(offset, in: chunk)
      return
    }
    // Those in between are searched for what every segment is searched for.
    position.start = position.end + 1
    while position.start < chunk.count {
      position.end = Self.endOfSegment(position.start, in: chunk)
      if offset < position.end { return }
      endSegment(&position, in: chunk)
      position.start = position.end + 1
    }
    position.end = position.start
  }

  /// Makes the current segment a candidate if it must be searched for anything.
  private mutating func endSegment(_ position: inout Position, in chunk: borrowing CleanChunk) {
    defer { segmentNumber += 1 }
    guard position.end > position.start else { return }
    for step in filter.always { want(UInt32(step)) }
    guard steps.count > firstStep else { return }
    if steps.count - firstStep > 1 { steps[firstStep...].sort() }
    let place = position.cursor.place(of: position.start, in: chunk, kernels: kernels)
    candidates.append(
      Candidate(
        text: position.start..<position.end, line: place.line, segment: place.segment, steps: firstStep..<steps.count))
    firstStep = steps.count
  }

  private static func startOfSegment(_ offset: Int, in chunk: borrowing CleanChunk, notBefore first: Int) -> Int {
    var start = offset
    while start > first, chunk.text[start - 1] != UInt8(ascii: "\n") { start -= 1 }
    return start
  }

  /// The chunk ends with a newline, so there is one from any offset within it on.
  private static func endOfSegment(_ offset: Int, in chunk: borrowing CleanChunk) -> Int {
    var end = offset
    while chunk.text[end] != UInt8(ascii: "\n") { end += 1 }
    return end
  }
}
