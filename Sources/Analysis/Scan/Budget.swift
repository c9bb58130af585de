import Model
import PCRE2

/// What one pattern has spent on one log, and how closely it is watched.
///
/// PCRE2's match limit is counted anew from each start position, so it doesn't bound `(?=.*error)(?=.*timeout).*` on a long line. Time
/// does. Reading the CPU clock around each search would cost more than most searches, and a coarse clock can't tell a slow search
/// from a thread that had to wait; so a pattern goes unwatched until the coarse clock says that it may be slow, and is then watched: its
/// searches are cut into slices of few start positions and their CPU time is measured.
struct Budget {
  private(set) var isWatched = false
  /// Time that the coarse clock saw pass during searches of this pattern, in nanoseconds.
  private var suspicion: UInt64 = 0
  /// CPU time above the fair share, in nanoseconds, less what later searches took below theirs: interruptions that the clock
  /// counts in one search in some hundred must not add up over millions of short lines.
  private var spent: UInt64 = 0
  private var spentOnLine: UInt64 = 0  // likewise
  private var line = 0
  private var stoppedLine = 0
  private var stoppedForGood = false
  /// Start positions of the next slice.
  private var slice = Budget.firstSlice
  private var quickSearches = 0

  private static let firstSlice = 256
  private static let longestSlice = 64 * 1024
  /// Segments up to this size are searched in one go while the pattern is not watched.
  private static let shortSegment = 4_096
  /// An expression that can't be searched in slices is not tried on segments longer than this.
  private static let longestIndivisible = 32 * 1024
  /// Time that may pass before a pattern is looked at more closely, in nanoseconds, beside its fair share.
  private static let benefitOfDoubt: UInt64 = 40_000_000
  /// The fair share of an honest expression, in nanoseconds per byte that it gets over,
  private static let fairPerByte: UInt64 = 10
  /// and for each search, in which reading the clock takes most of the time if the line is short.
  private static let fairPerSearch: UInt64 = 2_000

  /// The fair share of so many bytes in so many searches, in nanoseconds.
  static func fairShare(bytes: Int, searches: Int = 1) -> UInt64 { UInt64(bytes) * fairPerByte + UInt64(searches) * fairPerSearch }

  func isStopped(on line: Int) -> Bool { stoppedForGood || stoppedLine == line }
  mutating func stop(on line: Int) { stoppedLine = line }

  /// How many start positions beyond the first the next search may try; 0 if it must not be made.
  mutating func step(searching: Regex.Searching, bytes: Int) -> Int {
    switch searching {
    case .singleStart: return Int.max
    case .indivisible: return bytes > Self.longestIndivisible ? 0 : Int.max
    case .divisible:
      if !isWatched, bytes <= Self.shortSegment { return Int.max }
      defer { if !isWatched { slice = min(slice * 2, Self.longestSlice) } }
      return slice
    }
  }

  /// Time of a search of an unwatched pattern by the coarse clock; waiting for a processor counts, so this only arouses suspicion.
  mutating func suspect(_ nanoseconds: UInt64, fairShareSoFar: UInt64) {
    suspicion += nanoseconds
    guard suspicion > Self.benefitOfDoubt + fairShareSoFar else { return }
    isWatched = true
    slice = Self.firstSlice
    quickSearches = 0
  }

  /// CPU time of a search of a watched pattern. Returns why the pattern is given up, if it is.
  /// - Parameters:
  ///   - bytes: size of the piece.
  ///   - covered: how many bytes of it this search got over. A piece that is searched in a thousand slices has one fair share, not a thousand.
  mutating func charge(
    _ nanoseconds: UInt64, line: Int, bytes: Int, covered: Int, limits: ScanLimits, log: inout UInt64
  ) -> Inconclusive.Reason? {
    if self.line != line {
      self.line = line
      spentOnLine = 0
    }
    if nanoseconds > 4_000_000 {
      slice = max(1, slice / 4)
    } else if nanoseconds < 500_000 {
      slice = min(slice * 2, Self.longestSlice)
    }
    let fair = Self.fairShare(bytes: covered)
    let excess = nanoseconds > fair ? nanoseconds - fair : 0
    let unused = fair > nanoseconds ? fair - nanoseconds : 0
    spentOnLine += excess
    spent = spent + excess - min(spent, unused)
    log = log + excess - min(log, unused)
    quickSearches = excess == 0 ? quickSearches + 1 : 0
    if quickSearches > 256 {
      isWatched = false
      suspicion = 0
    }
    if log > limits.logNanoseconds {
      stoppedForGood = true
      return .logTime
    }
    if spent > limits.patternNanoseconds {
      stoppedForGood = true
      return .patternTime
    }
    if spentOnLine > limits.lineNanoseconds * UInt64(bytes / 65_536 + 1) {
      stoppedLine = line
      return .lineTime
    }
    return nil
  }

  /// The clocks of one scan.
  struct Clock {
    private let limits: ScanLimits
    private var coarse = Matcher.coarseNanoseconds()
    private var cpu: UInt64 = 0
    private var watched = false
    private var fairShareSoFar: UInt64 = 0
    private var spentOnLog: UInt64 = 0

    init(limits: ScanLimits) { self.limits = limits }

    /// Time that passed before the piece is nobody's.
    mutating func beginPiece(bytes: Int) {
      fairShareSoFar += Budget.fairShare(bytes: bytes)
      coarse = Matcher.coarseNanoseconds()
    }

    mutating func beginSearch(watched: Bool) {
      self.watched = watched
      if watched { cpu = Matcher.threadNanoseconds() }
    }

    mutating func endSearch(charge budget: inout Budget, line: Int, bytes: Int, covered: Int) -> Inconclusive.Reason? {
      let now = Matcher.coarseNanoseconds()
      defer { coarse = now }
      guard watched else {
        if now != coarse { budget.suspect(now - coarse, fairShareSoFar: fairShareSoFar) }
        return nil
      }
      return budget.charge(
        Matcher.threadNanoseconds() - cpu, line: line, bytes: bytes, covered: covered, limits: limits, log: &spentOnLog)
    }
  }
}
