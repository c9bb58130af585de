import Analysis
import FuzzSupport
import Model

/// Does the cleaner, in portions of any size and with every kind of kernel, do what its rules say?
enum CleanerMode {
  static func run(seconds: Double, seed: UInt64) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var round: UInt64 = 0
    while clock.now < end {
      if let mistake = mistake(SplitMix64(seed: seed &+ round)) {
        print("seed \(seed &+ round), first round: \(mistake)")
        return false
      }
      round += 1
    }
    print("\(round) logs: nothing found")
    return true
  }

  private static let kernels = ["scalar", "avx2", "avx512", "neon"]

  private static func mistake(_ generator: SplitMix64) -> String? {
    var random = generator
    var log: [UInt8] = []
    for _ in 0..<random.pick([1, 1, 4, 20]) { log += CleanAdversary.log(&random) }
    let expected = ReferenceCleaner.clean(log)
    let collected = CleanCollector.clean(log, chunks: CleanAdversary.split(log.count, &random))
    if let fault = collected.faults.first ?? ReferenceCleaner.difference(collected.log, expected) { return fault }
    // The kernels clean what a scan gathers: an expression that matches every segment tells what that is.
    let everything = Pattern(
      id: PatternID("fuzz/all"), title: "", definition: MatchDefinition(matcher: .match("(?s)^.+")), verdict: .failure)
    var limits = ScanLimits()
    limits.findingsPerPattern = 1 << 30
    let kernel = random.pick(kernels)
    guard let program = try? ScanProgram([everything], simd: kernel) else { return "the pattern doesn't compile" }
    let found = scanText(log, program: program, limits: limits).findings.filter { $0.end <= ScanLimits.captureBytes }
    let wanted = expected.segments.compactMap { segment -> String? in
      let text = validStart(of: segment.bytes)
      guard !text.isEmpty, text.utf8.count <= ScanLimits.captureBytes else { return nil }
      return "\(segment.line):\(segment.segment) \(text)"
    }
    let texts = found.map { "\($0.line):\($0.segment) \($0.matched)" }
    if texts == wanted { return nil }
    let same = zip(texts, wanted).prefix { $0 == $1 }.count
    func told(_ list: [String]) -> String { same < list.count ? list[same].debugDescription : "nothing" }
    return "\(kernel): segment \(same) is \(told(texts)), not \(told(wanted))"
  }

  /// What the expression matches of a segment: it ends where broken UTF-8 begins, and doesn't begin behind it.
  private static func validStart(of bytes: [UInt8]) -> String {
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var text = String.UnicodeScalarView()
    while case .valid(let scalar) = parser.parseScalar(from: &rest) { text.append(Unicode.UTF8.decode(scalar)) }
    return String(text)
  }
}
