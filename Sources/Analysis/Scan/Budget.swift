import Model
import PCRE2

/// What one pattern has spent on one log, and how closely it is watched.
///
/// PCRE2's match limit is counted anew from each start position, and what lies between two counts may look at all of the line; so it
/// bounds neither `(?=.*error)(?=.*timeout).*` nor `(?:(?=.*+b)|a)*c` on a long line. Time does. But reading the CPU clock around each
/// search would cost more than most searches, and so does looking at a deadline within one.
///
/// So a pattern goes unwatched at first: its searches are small. Each has so few starts, and so low a match limit, that it takes half a
/// second at the very worst. From where a search reaches that limit, even if it has but one start, or a coarse clock says that the pattern
/// may be slow, it is watched: its searches are made whole against a deadline, and their CPU time is charged. What is found is the same in
/// either case, as all forms of an expression find the same. One that can't be interrupted is charged all the same, and searched as if it
/// weren't watched.
struct Budget {
  private(set) var isWatched = false
  /// Time that the coarse clock saw pass during searches of this pattern, in nanoseconds.
  private var suspicion: UInt64 = 0
  /// CPU time above the fair share, in nanoseconds, less what later searches took below theirs: interruptions that the clock
  /// counts in one search in some hundred must not add up over millions of short lines.
  private var spent: UInt64 = 0
  private var spentOnLine: UInt64 = 0  // likewise
  private var line = 0
  private var stoppedLine = 0  // lines count from 1
  private var stoppedForGood = false
  private var quickSearches = 0
  /// So many quick searches in a row end the watch; twice as many each time, so that no log can make it begin again and again.
  private var quickSearchesToTrust = 128

  /// The most that an unwatched search may have to do: its starts × its match limit × the bytes that may be looked at between two counts.
  /// PCRE2 passes over a byte in a quarter to one nanosecond.
  private static let quickWork = 1 << 29
  /// The fewest starts of an unwatched search, be the line ever so long: cutting it into searches must cost less than they do.
  private static let fewestStarts = 64
  /// The most starts leave room for this match limit, which most expressions don't reach.
  private static let usualMatches = 64
  /// The more bytes an expression compiles to, the more often it may look at the line between two counts.
  private static let compiledBytesPerLook = 1_024
  /// The longest piece that is searched without a watch where PCRE2 doesn't count what the expression does.
  private static let shortPiece = 256
  /// Time that may pass before a pattern is looked at more closely, in nanoseconds, beside its fair share.
  private static let benefitOfDoubt: UInt64 = 40_000_000
  /// The fair share of an honest expression that is not watched, in nanoseconds per byte that it gets over.
  private static let fairPerByte: UInt64 = 10
  /// The same of one that is watched: looking at a deadline takes more time than all else.
  private static let fairPerWatchedByte: UInt64 = 50
  /// What the first search on a line has besides, in nanoseconds: if the line is short, reading the clock takes most of the time.
  private static let fairPerSearch: UInt64 = 2_000
  /// The same of each further one, which finds the expression and the line in the caches. A pattern that matches everywhere makes very many.
  private static let fairPerFurtherSearch: UInt64 = 500
  /// What a pattern may spend above its share without being to blame for the log's time: a first search may find nothing in the caches.
  private static func blameless(_ limits: ScanLimits) -> UInt64 { limits.patternNanoseconds / 100 }

  /// The fair share of so many bytes in a search that isn't watched, in nanoseconds.
  static func fairShare(bytes: Int) -> UInt64 { UInt64(bytes) * fairPerByte + fairPerSearch }
  private func watchedShare(bytes: Int, line: Int) -> UInt64 {
    UInt64(bytes) * Self.fairPerWatchedByte + (self.line == line ? Self.fairPerFurtherSearch : Self.fairPerSearch)
  }

  func isStopped(on line: Int) -> Bool { stoppedForGood || stoppedLine == line }
  mutating func stop(on line: Int) { stoppedLine = line }

  /// How the next search is to be made.
  enum Step: Equatable {
    /// From so many starts, with PCRE2's match limit lowered to that.
    case unwatched(starts: Int, matchLimit: UInt32)
    /// From all starts that are left, against a deadline.
    case watched
  }

  /// - Parameters:
  ///   - bytes: size of the piece.
  ///   - canBeQuick: whether there is machine code for the piece; interpreting is so slow that it is always watched.
  ///   - isNarrow: one start at a time, so that the match limit is as high as can be.
  func step(_ regex: Regex, bytes: Int, canBeQuick: Bool, isNarrow: Bool = false, limits: ScanLimits) -> Step {
    guard canBeQuick, !regex.hasUncountedLoops || bytes <= Self.shortPiece, !(isWatched && regex.canBeInterrupted) else {
      return .watched
    }
    let work = (bytes + 1) * (1 + regex.compiledBytes / Self.compiledBytesPerLook)
    let starts =
      switch regex.searching {
      case .singleStart: 1
      case .indivisible: bytes + 1
      case .divisible where isNarrow: 1
      case .divisible: min(bytes + 1, max(Self.fewestStarts, Self.quickWork / (Self.usualMatches * work)))
      }
    let matches = Self.quickWork / (starts * work)
    guard matches > 0 else { return .watched }
    // Where there is but one start, nothing is gained by leaving out the others.
    return .unwatched(
      starts: regex.searching == .singleStart ? .max : starts, matchLimit: UInt32(min(matches, Int(limits.matchLimit))))
  }

  mutating func watch() {
    isWatched = true
    quickSearches = 0
    quickSearchesToTrust *= 2
  }

  /// CPU time that a watched search may take, in nanoseconds: what is left, and the fair share.
  func allowance(line: Int, bytes: Int, covered: Int, limits: ScanLimits, log: UInt64) -> UInt64 {
    func left(of limit: UInt64, _ spent: UInt64) -> UInt64 { limit - min(limit, spent) }
    let onLine = left(of: Self.limit(ofLine: bytes, limits), self.line == line ? spentOnLine : 0)
    let ofLog = max(left(of: limits.logNanoseconds, log), left(of: Self.blameless(limits), spent))
    let least = min(onLine, left(of: limits.patternNanoseconds, spent), ofLog)
    return least + watchedShare(bytes: covered, line: line)
  }

  private static func limit(ofLine bytes: Int, _ limits: ScanLimits) -> UInt64 {
    limits.lineNanoseconds * UInt64(bytes / 65_536 + 1)
  }

  /// Time of a search of an unwatched pattern by the coarse clock; waiting for a processor counts, so this only arouses suspicion.
  mutating func suspect(_ nanoseconds: UInt64, fairShareSoFar: UInt64) {
    suspicion += nanoseconds
    if suspicion > Self.benefitOfDoubt + fairShareSoFar { watch() }
  }

  /// CPU time of a search of a watched pattern. Returns why the pattern is given up, if it is.
  /// - Parameters:
  ///   - bytes: size of the piece.
  ///   - covered: how many bytes of it this search got over. A piece that is searched a thousand times has one fair share, not a thousand.
  mutating func charge(
    _ nanoseconds: UInt64, line: Int, bytes: Int, covered: Int, limits: ScanLimits, log: inout UInt64
  ) -> Inconclusive.Reason? {
    let fair = watchedShare(bytes: covered, line: line)
    if self.line != line {
      self.line = line
      spentOnLine = 0
    }
    let excess = nanoseconds > fair ? nanoseconds - fair : 0
    let unused = fair > nanoseconds ? fair - nanoseconds : 0
    spentOnLine += excess
    spent = spent + excess - min(spent, unused)
    log = log + excess - min(log, unused)
    quickSearches = excess == 0 ? quickSearches + 1 : 0
    if isWatched, quickSearches > quickSearchesToTrust {
      isWatched = false
      suspicion = 0
    }
    if log > limits.logNanoseconds, spent > Self.blameless(limits) {
      stoppedForGood = true
      return .logTime
    }
    if spent > limits.patternNanoseconds {
      stoppedForGood = true
      return .patternTime
    }
    if spentOnLine > Self.limit(ofLine: bytes, limits) {
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
    private var timed = false
    private var fairShareSoFar: UInt64 = 0
    private var spentOnLog: UInt64 = 0

    init(limits: ScanLimits) { self.limits = limits }

    mutating func beginPiece(bytes: Int) { fairShareSoFar += Budget.fairShare(bytes: bytes) }

    /// - Parameter timed: whether its CPU time is to be charged, which takes reading that clock twice.
    mutating func beginSearch(timed: Bool) {
      self.timed = timed
      // What was done since the last search, such as making machine code, is nobody's.
      coarse = Matcher.coarseNanoseconds()
      if timed { cpu = Matcher.threadNanoseconds() }
    }

    /// When the watched search that has begun must end.
    func deadline(_ budget: Budget, line: Int, bytes: Int, covered: Int) -> Matcher.Effort {
      let allowance = budget.allowance(line: line, bytes: bytes, covered: covered, limits: limits, log: spentOnLog)
      return .deadline(threadNanoseconds: cpu &+ min(allowance, .max - cpu))
    }

    mutating func endSearch(charge budget: inout Budget, line: Int, bytes: Int, covered: Int) -> Inconclusive.Reason? {
      guard timed else {
        let now = Matcher.coarseNanoseconds()
        if now != coarse { budget.suspect(now - coarse, fairShareSoFar: fairShareSoFar) }
        return nil
      }
      return budget.charge(
        Matcher.threadNanoseconds() - cpu, line: line, bytes: bytes, covered: covered, limits: limits, log: &spentOnLog)
    }
  }
}
