import PCRE2

/// Runs expressions on texts that are made to trouble them: nested quantifiers run into PCRE2's match limit, and two
/// quantifiers in a row may take time that grows with the square of a line.
enum BacktrackingRule {
  /// Lengths of probes, in bytes.
  private static let longProbe = 20_000
  private static let shortProbe = 5_000
  /// A short probe that takes less CPU time is not worth a long one, in nanoseconds.
  private static let worthALongProbe: UInt64 = 1_000_000
  /// CPU time that is too much for one line of `longProbe` bytes, in nanoseconds: where a scan gives up.
  private static let tooLong: UInt64 = ScanLimits().lineNanoseconds
  /// The long probe takes 4 times as long as the short one if time is linear, 16 times if it is quadratic.
  private static let quadraticFactor: UInt64 = 8

  static func check(_ expression: CheckedExpression, _ log: inout WarningLog) {
    let limits = ScanLimits()
    var matcher = Matcher(
      mostCaptures: expression.regex.captureCount, matchLimit: limits.matchLimit, stackBytes: limits.stackBytes)
    var isQuadratic = false
    for probe in probes(of: expression.sketch) {
      switch run(expression.regex, probe, &matcher, isQuadratic: isQuadratic) {
      case .fine: break
      case .gaveUp(let why):
        log.warn(
          expression.field, "runs into \(why) on a long line like \(probe.description)",
          "repetitions that can take the same characters try every way to share them; exclude from one what begins the next, make it "
            + "possessive (`++`), or bound it more tightly")
        return
      case .quadratic: isQuadratic = true
      }
    }
    guard isQuadratic else { return }
    log.warn(
      expression.field, "takes time that grows with the square of a line's length",
      "bound the repetitions (`{1,200}`), or let the expression begin with literal text, `^` or `\\b`")
  }

  // MARK: - Probes

  /// A text that goes on and on and then breaks off.
  private struct Probe {
    let head: [UInt8]
    let middle: [UInt8]
    let tail: [UInt8]
    /// Whether it holds the text that a scan looks for before it tries the expression at all.
    let isRealistic: Bool

    func text(_ length: Int) -> [UInt8] {
      var text = head
      text.reserveCapacity(length + middle.count + tail.count)
      while text.count < length { text += middle }
      return text + tail
    }

    /// The beginning of the text.
    var description: String {
      let rounds = Array(repeatElement(middle, count: 4).joined())
      return OneLine.quoted(
        String(decoding: head, as: UTF8.self).suffix(40) + String(decoding: rounds, as: UTF8.self).prefix(40) + "…")
    }
  }

  /// Characters that hardly any expression goes on with; a blank among them, because some take whatever isn't blank.
  private static let breakOff: [UInt8] = [1, 32, 1]
  /// Twice each of what a negated class (`[^,]+`) is likely to stop at.
  private static let delimiters = Array(",,;;::\"\"''))]]>>##//==".utf8)
  private static let commonRuns = ["a", "0", " ", "a b", "/", ".", "=", "-"].map { Array($0.utf8) }

  private static func probes(of sketch: ExpressionSketch) -> [Probe] {
    let pumps = sketch.pumps
    guard !pumps.isEmpty else { return [] }
    let whole = sketch.sample(rounds: 1)
    var probes: [Probe] = []
    for pump in pumps + commonRuns.map({ ExpressionSketch.Pump(prefix: [], middle: $0) }) {
      // PCRE2 doesn't even begin where the characters that every match has are missing, nor does a scan.
      probes.append(
        Probe(head: pump.prefix, middle: pump.middle, tail: breakOff + delimiters + whole, isRealistic: true))
    }
    for pump in pumps {
      probes.append(Probe(head: pump.prefix, middle: pump.middle, tail: breakOff, isRealistic: false))
    }
    return probes
  }

  // MARK: - Running them

  private enum Outcome {
    case fine, quadratic
    case gaveUp(String)
  }

  private static func run(_ regex: Regex, _ probe: Probe, _ matcher: inout Matcher, isQuadratic: Bool) -> Outcome {
    let short = search(regex, probe.text(shortProbe), &matcher)
    if let why = short.gaveUp { return .gaveUp(why) }
    guard !isQuadratic, probe.isRealistic, short.nanoseconds > worthALongProbe else { return .fine }
    let long = search(regex, probe.text(longProbe), &matcher)
    if let why = long.gaveUp { return .gaveUp(why) }
    return long.nanoseconds > tooLong && long.nanoseconds > quadraticFactor * short.nanoseconds ? .quadratic : .fine
  }

  /// All matches in a text, as a scan looks for them.
  private static func search(
    _ regex: Regex, _ text: [UInt8], _ matcher: inout Matcher
  ) -> (gaveUp: String?, nanoseconds: UInt64) {
    let begin = Matcher.threadNanoseconds()
    var gaveUp: String?
    text.withUnsafeBytes { subject in
      var from = 0
      while from <= subject.count {
        switch matcher.firstMatch(of: regex, in: subject, from: from) {
        case .match(let range):
          from = max(range.upperBound, from + 1)
          // A search must begin with a whole character.
          while from < subject.count, subject[from] & 0xC0 == 0x80 { from += 1 }
          continue
        case .noMatch: break
        case .matchLimit: gaveUp = "PCRE2's match limit"
        case .stackLimit: gaveUp = "PCRE2's stack limit"
        case .timeLimit, .error: break
        }
        return
      }
    }
    return (gaveUp, Matcher.threadNanoseconds() - begin)
  }
}
