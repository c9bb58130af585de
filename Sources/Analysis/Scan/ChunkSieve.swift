import CScanKernels
import Glibc
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
  /// As many as the kernels may find in a block: a short literal at each byte; sampled q-grams at every fourth.
  private let hits = UnsafeMutablePointer<UInt32>.allocate(capacity: ChunkSieve.blockBytes + 64)
  /// What of a block's hits are literals, in the order of the segments that hold them: the finds of one place differ by a byte at most, and
  /// no newline lies between, as no literal holds one but at its start.
  private var sampledFinds: [Find] = []
  private var shortFinds: [Find] = []
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

  deinit { hits.deallocate() }

  /// A literal that lies in the chunk.
  private struct Find {
    /// A place in the segment that holds it.
    let inside: Int
    let literal: UnsafePointer<FilterLiteral>
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
    // Most of what the kernels find is no literal. That is settled first, in loops that do nothing else.
    sampledFinds.removeAll(keepingCapacity: true)
    if let sampled = tables.sampled {
      var grams = sampled.grams
      let found = kernels.findSampled(&grams, in: chunk.text, range, hits: hits)
      let count = tables.nearby.keepSampled(hits, found, in: chunk.text)
      for index in 0..<count {
        let hit = hits[index]
        let at = Int(hit & ~3)
        let gram = Self.folded(chunk.text + at)
        if hit & Self.mayBeFour != 0 {
          Self.compare(sampled.fours.places(of: gram & 0xFFFF_FFFF), of: tables.literals, at, in: chunk, &sampledFinds)
        }
        if hit & Self.mayBeEight != 0, let eights = sampled.eights {
          Self.compare(eights.places(of: gram), of: tables.literals, at, in: chunk, &sampledFinds)
        }
      }
    }
    shortFinds.removeAll(keepingCapacity: true)
    if let shorts = tables.shorts {
      let found = kernels.findShorts(shorts.classes.base, in: chunk.text, range, hits: hits)
      let count = tables.nearby.keepShorts(hits, found, in: chunk.text)
      for index in 0..<count {
        let at = Int(hits[index])
        let gram = Self.folded(chunk.text + at) & 0xFFFF_FFFF
        Self.compare(shorts.fours.places(of: gram), of: tables.literals, at, in: chunk, &shortFinds)
      }
    }
    var nextSampled = 0
    var nextShort = 0
    while nextSampled < sampledFinds.count || nextShort < shortFinds.count {
      if nextShort == shortFinds.count
        || (nextSampled < sampledFinds.count && sampledFinds[nextSampled].inside <= shortFinds[nextShort].inside)
      {
        take(sampledFinds[nextSampled], in: chunk, &position)
        nextSampled += 1
      } else {
        take(shortFinds[nextShort], in: chunk, &position)
        nextShort += 1
      }
    }
  }

  private static let mayBeFour = UInt32(CULPRIT_MAY_BE_FOUR)
  private static let mayBeEight = UInt32(CULPRIT_MAY_BE_EIGHT)

  /// Eight bytes as the q-grams of the tables are made of them.
  @inline(__always) private static func folded(_ text: UnsafePointer<UInt8>) -> UInt64 {
    UnsafeRawPointer(text).loadUnaligned(as: UInt64.self) | 0x2020_2020_2020_2020
  }

  /// Compares the literals that may have a q-gram at that place of the chunk.
  @inline(__always) private static func compare(
    _ places: UnsafeBufferPointer<GramTable.Place>, of literals: FixedTable<FilterLiteral>, _ at: Int,
    in chunk: borrowing CleanChunk, _ finds: inout [Find]
  ) {
    for place in places {
      let start = at - Int(place.offset)
      guard start >= 0, place.mayLie(at: chunk.text + start) else { continue }
      let literal = UnsafePointer(literals.base) + Int(place.literal)
      // What is compared lies within the chunk; the words that it is loaded by end within its slack.
      guard start + literal.pointee.count <= chunk.count, FilterLiteral.lies(literal, at: chunk.text + start) else {
        continue
      }
      // A literal holds no newline but at its start, where it stands for the start of a segment: what is behind lies in the segment.
      finds.append(Find(inside: max(at, start + 1), literal: literal))
    }
  }

  /// The segment that holds the literal is wanted for the steps that need it.
  private mutating func take(_ find: Find, in chunk: borrowing CleanChunk, _ position: inout Position) {
    if find.inside >= position.end { advance(&position, to: find.inside, in: chunk) }
    let first = Int(find.literal.pointee.firstStep)
    for index in first..<first + Int(find.literal.pointee.stepCount) { want(tables.steps.base[index]) }
  }

  private mutating func want(_ step: UInt32) {
    if lastWanted[Int(step)] == segmentNumber { return }
    lastWanted[Int(step)] = segmentNumber
    steps.append(step)
  }

  /// Ends the current segment and goes on to the one that holds `offset`, or to the end of the chunk if none does. `offset` lies behind the
  /// current segment, and on no newline: see `Find.inside`.
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
    if !filter.always.isEmpty { for step in filter.always { want(UInt32(step)) } }
    if !tables.further.isEmpty { lookAgain(chunk.text + position.start, count: position.end - position.start) }
    guard steps.count > firstStep else { return }
    if steps.count - firstStep > 1 { steps[firstStep...].sort() }
    let place = position.cursor.place(of: position.start, in: chunk, kernels: kernels)
    candidates.append(
      Candidate(
        text: position.start..<position.end, line: place.line, segment: place.segment, steps: firstStep..<steps.count))
    firstStep = steps.count
  }

  /// Leaves out the steps that the segment can't match, since it lacks what they need besides. That is charged to nobody, even if the step's
  /// pattern is given up by now: it takes less than a search's fair share.
  private mutating func lookAgain(_ segment: UnsafePointer<UInt8>, count: Int) {
    var kept = firstStep
    for index in firstStep..<steps.count {
      let step = steps[index]
      guard tables.further.mayMatch(Int(step), segment, count: count, kernels: kernels) else { continue }
      steps[kept] = step
      kept += 1
    }
    steps.removeLast(steps.count - kept)
  }

  private static func startOfSegment(_ offset: Int, in chunk: borrowing CleanChunk, notBefore first: Int) -> Int {
    guard let newline = culprit_last_newline(chunk.text + first, offset - first) else { return first }
    return newline - UnsafePointer(chunk.text) + 1
  }

  /// The chunk ends with a newline, so there is one from any offset within it on.
  private static func endOfSegment(_ offset: Int, in chunk: borrowing CleanChunk) -> Int {
    guard let newline = memchr(chunk.text + offset, CInt(UInt8(ascii: "\n")), chunk.count - offset) else { return chunk.count }
    return UnsafeRawPointer(newline) - UnsafeRawPointer(chunk.text)
  }
}
