import Analysis
import Model
import Testing

extension Pattern {
  init(
    _ id: String, _ matcher: MatchDefinition.Matcher, ignoreCase: Bool = false, scope: Scope = Scope(), tail: Int? = nil,
    retired: Bool = false
  ) {
    self.init(
      id: PatternID(id), title: id,
      definition: MatchDefinition(matcher: matcher, ignoreCase: ignoreCase, scope: scope, tail: tail), verdict: .failure,
      retired: retired)
  }

  init(_ id: String, _ expression: String, ignoreCase: Bool = false, tail: Int? = nil) {
    self.init(id, .match(expression), ignoreCase: ignoreCase, tail: tail)
  }
}

extension ScanLimits {
  /// No clock decides anything.
  static var untimed: ScanLimits {
    var limits = ScanLimits()
    limits.lineNanoseconds = 1 << 50
    limits.patternNanoseconds = 1 << 50
    limits.logNanoseconds = 1 << 50
    return limits
  }

  func with(window: Int, overlap: Int) -> ScanLimits {
    var limits = self
    limits.windowBytes = window
    limits.overlapBytes = overlap
    return limits
  }
}

extension Finding {
  /// Everything but the excerpt and the windows, which a reference that sees whole segments doesn't have.
  var withoutText: Finding {
    var finding = self
    finding.text = ""
    finding.windowed = false
    return finding
  }

  /// `line:segment start-end`, for expectations that are easy to read.
  var place: String { "\(pattern) \(line):\(segment) \(start)-\(end)" }
}

/// A line of text as a log, scanned with one expression: the findings' places in the line.
func ranges(_ expression: String, in text: String, ignoreCase: Bool = false, limits: ScanLimits = .untimed) throws -> [Range<Int>] {
  try ranges(expression, in: Array(text.utf8), ignoreCase: ignoreCase, limits: limits)
}

func ranges(_ expression: String, in bytes: [UInt8], ignoreCase: Bool = false, limits: ScanLimits = .untimed) throws -> [Range<Int>]
{
  let result = scanText(bytes, program: try ScanProgram([Pattern("p", expression, ignoreCase: ignoreCase)]), limits: limits)
  #expect(result.summary.inconclusive == [])
  return result.findings.map { $0.start..<$0.end }
}

/// What differs between two lists of findings, in few words; nil if nothing does.
func difference(_ findings: [Finding], _ expected: [Finding]) -> String? {
  for index in 0..<max(findings.count, expected.count) {
    let finding = index < findings.count ? findings[index] : nil
    let wanted = index < expected.count ? expected[index] : nil
    if finding == wanted { continue }
    if finding?.place != wanted?.place { return "number \(index): \(finding?.place ?? "none"), not \(wanted?.place ?? "none")" }
    return "number \(index): \(finding.debugDescription), not \(wanted.debugDescription)"
  }
  return nil
}
