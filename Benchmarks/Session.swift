import Analysis
import Foundation
import Model

/// What is measured, and on what.
struct Session {
  let supply: PatternSupply
  let corpus: Corpus
  let rounds: Int
  let isQuick: Bool
  let culprit: String
  /// Raw size of the archive that expressions are tried on.
  var archiveBytes = 256_000_000

  typealias Measure = (name: String, run: @Sendable (Session) throws -> Figure)

  static let all: [Measure] = [
    ("raw-300-vs-plain-loop", { try $0.raw("raw-300-vs-plain-loop", patterns: 300, goal: 200) }),
    ("raw-300-scalar-vs-plain-loop", { try $0.raw("raw-300-scalar-vs-plain-loop", patterns: 300, simd: "scalar", goal: 70) }),
    ("raw-1000-vs-plain-loop", { try $0.raw("raw-1000-vs-plain-loop", patterns: 1_000, goal: 700) }),
    ("process-300-vs-rg", { try $0.process("process-300-vs-rg", patterns: 300, .unicode, goal: 2.5) }),
    ("process-1000-vs-rg", { try $0.process("process-1000-vs-rg", patterns: 1_000, .unicode, goal: 8) }),
    ("process-300-vs-rg-ascii", { try $0.process("process-300-vs-rg-ascii", patterns: 300, .ascii, goal: 2.5) }),
    ("process-1000-vs-rg-ascii", { try $0.process("process-1000-vs-rg-ascii", patterns: 1_000, .ascii, goal: 8) }),
    ("clean-vs-memcpy", { $0.clean("clean-vs-memcpy", goal: 1.0 / 3) }),
    ("two-cores-vs-one", { try $0.twoCores("two-cores-vs-one", goal: 1.8) }),
    ("start-1000", { try $0.start("start-1000", patterns: 1_000, goal: 100) }),
    ("rescan-vs-decompress", { try $0.rescan("rescan-vs-decompress", goal: 1.6) }),
    ("try-rare-vs-scan-all", { try $0.tryRare("try-rare-vs-scan-all", goal: 20) }),
  ]

  // MARK: - Parts that the figures are made of

  /// Scans one log as it comes from a file, in blocks. Returns the number of findings.
  func scan(_ log: [UInt8], _ program: ScanProgram) -> Int {
    var scanner = LogScanner(program: program)
    var findings = 0
    log.withUnsafeBytes { all in
      var at = 0
      while at < all.count {
        let end = min(at + 256 * 1024, all.count)
        scanner.scan(UnsafeRawBufferPointer(rebasing: all[at..<end])) { _ in findings += 1 }
        at = end
      }
    }
    _ = scanner.finish { _ in findings += 1 }
    return findings
  }

  /// The logs from a number on, of some megabytes together, so that the plain loop comes to an end; another part in each round.
  func slice(_ round: Int, bytes: Int) -> [Int] {
    var logs: [Int] = []
    var sum = 0
    var log = round * 5 % corpus.raw.count
    while sum < bytes, logs.count < corpus.raw.count {
      logs.append(log)
      sum += corpus.raw[log].count
      log = (log + 1) % corpus.raw.count
    }
    return logs
  }

  /// From raw bytes to findings on one core, against the plain loop on the same logs, which are cleaned already.
  ///
  /// The logs of a round are a few megabytes, scanned ten times over to be measurable: what the processor's caches hold of them needn't come
  /// from memory. Of `clean-vs-memcpy` and of the processes it is said that it does.
  /// - Parameter isExact: the logs hold nothing that the two count otherwise: lone carriage returns, broken UTF-8, a thousand findings of
  ///   one pattern.
  func raw(_ name: String, patterns count: Int, simd: String? = nil, goal: Double, isExact: Bool = true) throws -> Figure {
    var figure = Figure(
      name: name,
      meaning: "raw bytes to findings, \(count) patterns\(simd.map { ", \($0) kernels" } ?? ""): speed by that of the plain loop",
      goal: goal)
    let program = try ScanProgram(supply.patterns(count), simd: simd)
    let plain = PlainLoop(Array(supply.expressions.prefix(count)))
    for round in 0..<rounds {
      let logs = slice(round, bytes: isQuick ? 2_000_000 : count > 300 ? 2_000_000 : 6_000_000)
      let bytes = Double(logs.reduce(0) { $0 + corpus.raw[$1].count })
      var matches = 0
      let slow = Clocks.cpu { for log in logs { matches += corpus.cleaned[log].withUnsafeBytes { plain.scan($0) } } }
      var findings = 0
      for log in logs { findings += scan(corpus.raw[log], program) }
      guard findings > 0, findings == matches || !isExact else {
        throw Clocks.Failure.differs(findings: findings, matches: matches)
      }
      let repeats = 10
      let fast = Clocks.cpu {
        for _ in 0..<repeats { for log in logs { _ = scan(corpus.raw[log], program) } }
      }
      figure.ratios.append(slow * Double(repeats) / fast)
      figure.note =
        "\(Figure.short(bytes * Double(repeats) / fast / 1e6)) MB/s, plain loop \(Figure.short(bytes / slow / 1e6)); \(findings) findings, \(matches) matches"
    }
    return figure
  }
}
