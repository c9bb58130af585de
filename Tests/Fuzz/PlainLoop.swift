import Analysis
import Model
import PCRE2

/// Each expression in each segment of the state machine, leftmost first: what a scan must find.
struct PlainLoop: ~Copyable, SegmentSink {
  private(set) var found: [String] = []
  /// Patterns that PCRE2 has given up somewhere.
  private(set) var undecided: Set<PatternID> = []
  private let regexes: [(id: PatternID, regex: Regex)]
  private var matcher: Matcher

  private init(_ patterns: [Pattern], matchLimit: UInt32) {
    regexes = patterns.compactMap { pattern in
      pattern.definition.matcher.expressions.first.flatMap { try? Regex($0) }.map { (pattern.id, $0) }
    }
    matcher = Matcher(mostCaptures: regexes.map(\.regex.captureCount).max() ?? 0, matchLimit: matchLimit)
  }

  /// - Parameter patterns: each with a `match`.
  static func scan(
    _ log: [UInt8], _ patterns: [Pattern], matchLimit: UInt32, limits: ScanLimits
  ) -> (found: [String], undecided: Set<PatternID>) {
    var loop = PlainLoop(patterns, matchLimit: matchLimit)
    var cleaner = LogCleaner(limits: limits)
    log.withUnsafeBytes { cleaner.clean($0, into: &loop) }
    cleaner.finish(into: &loop)
    return (loop.found, loop.undecided)
  }

  static func describe(_ finding: Finding) -> String {
    "\(finding.pattern) \(finding.line):\(finding.segment) \(finding.start)-\(finding.end) \(finding.matched)"
  }

  mutating func take(_ piece: SegmentPiece) {
    for (id, regex) in regexes {
      var from = 0
      search: while from <= piece.bytes.count {
        switch matcher.firstMatch(of: regex, in: piece.bytes, from: from) {
        case .match(let range):
          let text = piece.bytes[range].count > ScanLimits.captureBytes ? "" : String(decoding: piece.bytes[range], as: UTF8.self)
          found.append("\(id) \(piece.line):\(piece.segment) \(range.lowerBound)-\(range.upperBound) \(text)")
          from = range.isEmpty ? range.upperBound + 1 : range.upperBound
          while range.isEmpty, from < piece.bytes.count, piece.bytes[from] & 0xC0 == 0x80 { from += 1 }
        case .noMatch: break search
        default:
          undecided.insert(id)
          break search
        }
      }
    }
  }

  mutating func endLine(_ line: Int) {}
}
