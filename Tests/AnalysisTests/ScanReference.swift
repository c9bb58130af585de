import FuzzSupport
import Analysis
import Model
import PCRE2

/// Matching in its plainest form: the cleaned log in memory, every segment with every pattern.
enum ReferenceScan {
  struct Match {
    var range: Range<Int>
    var captures: [Finding.Capture]
    var text: String
  }

  /// A search of the reference ran into a limit of PCRE2, so it has no answer.
  struct Undecided: Error {}

  /// Findings without their excerpts, in order; all of them, however many there are.
  static func findings(in log: [UInt8], _ patterns: [Pattern], matchLimit: UInt32 = 10_000_000) throws -> [Finding] {
    let cleaned = ReferenceCleaner.clean(log)
    var findings: [Finding] = []
    for pattern in patterns where !pattern.retired {
      var ofPattern: [Finding] = []
      switch pattern.definition.matcher {
      case .sequence(let steps, let within):
        ofPattern = try sequence(steps, within, in: cleaned, pattern, matchLimit)
      case .match(let expression), .literal(let expression):
        let regex = try compile(expression, pattern)
        for segment in cleaned.segments {
          for match in try matches(of: regex, in: segment.bytes, matchLimit: matchLimit) {
            ofPattern.append(finding(match, in: segment, pattern))
          }
        }
      }
      if let tail = pattern.definition.tail { ofPattern.removeAll { $0.line <= cleaned.lines - tail } }
      findings += ofPattern
    }
    return findings.sorted { left, right in
      (left.line, left.segment, left.start, left.pattern.rawValue) < (
        right.line, right.segment, right.start, right.pattern.rawValue
      )
    }
  }

  /// All matches, leftmost first, none of which overlaps another; after an empty match one character is passed over.
  static func matches(of regex: Regex, in bytes: [UInt8], matchLimit: UInt32 = 10_000_000) throws -> [Match] {
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: matchLimit, stackBytes: 16 << 20)
    var matches: [Match] = []
    var from = 0
    try bytes.withUnsafeBytes { subject in
      let isUTF8 = Matcher.isUTF8(subject)
      while from <= bytes.count {
        switch matcher.firstMatch(of: regex, in: subject, isUTF8: isUTF8, from: from) {
        case .noMatch: return
        case .match(let range):
          var captures: [Finding.Capture] = []
          for number in 0..<regex.captureCount {
            guard let group = matcher.group(number + 1) else { continue }
            captures.append(
              Finding.Capture(
                number: number + 1, name: regex.names[number + 1], value: String(decoding: bytes[group], as: UTF8.self)))
          }
          matches.append(Match(range: range, captures: captures, text: String(decoding: bytes[range], as: UTF8.self)))
          from = range.upperBound
          if range.isEmpty {
            from += 1
            while from < bytes.count, (0x80...0xBF).contains(bytes[from]) { from += 1 }
          }
        default: throw Undecided()
        }
      }
    }
    return matches
  }

  private static func compile(_ expression: String, _ pattern: Pattern) throws -> Regex {
    var options: Regex.Options = pattern.definition.ignoreCase ? .ignoreCase : []
    if case .literal = pattern.definition.matcher { options.insert(.literal) }
    return try Regex(expression, options: options)
  }

  private static func finding(_ match: Match, in segment: ReferenceCleaner.Segment, _ pattern: Pattern) -> Finding {
    Finding(
      pattern: pattern.id, line: segment.line, segment: segment.segment, start: match.range.lowerBound, end: match.range.upperBound,
      captures: match.captures, matched: match.text, text: "")
  }

  /// Tries every line as the first one; of the chains that are complete the one that ends first counts, then the one that began first.
  private static func sequence(
    _ steps: [String], _ within: Int, in log: ReferenceCleaner.Log, _ pattern: Pattern, _ matchLimit: UInt32
  ) throws -> [Finding] {
    let regexes = try steps.map { try compile($0, pattern) }
    /// For each step the first match of each line that has one.
    var hits: [[Int: Finding]] = []
    for regex in regexes {
      var ofStep: [Int: Finding] = [:]
      for segment in log.segments where ofStep[segment.line] == nil {
        guard let match = try matches(of: regex, in: segment.bytes, matchLimit: matchLimit).first else { continue }
        ofStep[segment.line] = finding(match, in: segment, pattern)
      }
      hits.append(ofStep)
    }
    var findings: [Finding] = []
    var after = 0
    while true {
      var best: [Int]?
      for first in hits[0].keys.sorted() where first > after {
        var lines = [first]
        for step in hits.dropFirst() {
          guard let next = step.keys.filter({ $0 > lines[lines.count - 1] }).min() else { break }
          lines.append(next)
        }
        let end = lines[lines.count - 1]
        if lines.count == steps.count, end - first < within, end < best?.last ?? Int.max { best = lines }
      }
      guard let best else { return findings }
      after = best[best.count - 1]
      guard var finding = hits[steps.count - 1][after] else { return findings }
      finding.captures = []
      var before = 0
      for (step, line) in best.enumerated() {
        for capture in hits[step][line]?.captures ?? [] {
          finding.captures.append(Finding.Capture(number: before + capture.number, name: capture.name, value: capture.value))
        }
        before += regexes[step].captureCount
      }
      findings.append(finding)
    }
  }
}
