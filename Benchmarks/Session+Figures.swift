import Analysis
import Foundation
import LogArchive
import Model

extension Session {
  // MARK: - Cleaning

  /// Cleaning alone, against copying the same bytes: how much of memcpy's speed it has.
  func clean(_ name: String, goal: Double) -> Figure {
    var figure = Figure(name: name, meaning: "speed of cleaning as part of memcpy's", goal: goal)
    // More than any cache holds, each copy where it is: what is measured is said to come from memory.
    let copies = max(1, 160_000_000 / corpus.bytes)
    let logs = (0..<copies).flatMap { _ in corpus.raw.map { $0.withUnsafeBytes { Array($0) } } }
    let bytes = logs.reduce(0) { $0 + $1.count }
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    defer { target.deallocate() }
    target.initializeMemory(as: UInt8.self, repeating: 1)
    for _ in 0...rounds {
      let copy = Clocks.cpu {
        var at = 0
        for log in logs {
          log.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[at...]).copyMemory(from: $0) }
          at += log.count
        }
      }
      var cleaned = 0
      let clean = Clocks.cpu { for log in logs { cleaned += log.withUnsafeBytes { LogScanner.cleanOnly($0) } } }
      figure.ratios.append(copy / clean)
      figure.note =
        "\(Figure.short(Double(bytes) / clean / 1e9)) of \(Figure.short(Double(bytes) / copy / 1e9)) GB/s, \(cleaned / 1_000_000) MB cleaned"
    }
    figure.ratios.removeFirst()  // the first touches pages
    return figure
  }

  // MARK: - Whole processes

  /// `culprit scan` of a raw log, against `rg` with the same expressions on the cleaned one: CPU time, start included.
  func process(_ name: String, patterns count: Int, goal: Double) throws -> Figure {
    var figure = Figure(name: name, meaning: "CPU time of rg -f by that of culprit scan, \(count) patterns", goal: goal)
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "culprit-bench-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // rg's own engine knows neither look-around nor back-references; possessive repetition finds the same as greedy in nearly all of these.
    // Its `\b`, `\w`, `\d` and `\s` are those of ASCII here, as PCRE2's are: with Unicode's it is thirty times slower.
    var expressions: [String] = []
    // Counted repetitions of classes make its automaton so large that it takes minutes; without them the comparison is fair to it.
    for expression in supply.expressions where expressions.count < count && !expression.contains("{") {
      if (try? Clocks.process(["rg", "--no-config", "--no-unicode", "--", Self.forRg(expression), "/dev/null"])) != nil {
        expressions.append(expression)
      }
    }
    try Self.write(expressions, to: folder.appending(path: "patterns"))
    let forRg = expressions.map(Self.forRg).joined(separator: "\n")
    try Data((forRg + "\n").utf8).write(to: folder.appending(path: "expressions"))
    // As much in either case: the start, which doesn't grow with the logs, is part of the figure.
    let copies = max(1, 256_000_000 / corpus.bytes)
    let raw = folder.appending(path: "raw.log")
    let cleaned = folder.appending(path: "cleaned.log")
    try Data(Array(repeating: corpus.raw.flatMap { $0 }, count: copies).flatMap { $0 }).write(to: raw)
    try Data(Array(repeating: corpus.cleaned.flatMap { $0 }, count: copies).flatMap { $0 }).write(to: cleaned)
    for _ in 0..<min(rounds, 5) {
      let rg = try Clocks.process([
        "rg", "-j1", "--no-config", "--no-unicode", "--dfa-size-limit", "1G", "-f", folder.appending(path: "expressions").path,
        cleaned.path,
      ])
      let own = try Clocks.process([
        culprit, "scan", "--quiet", "--patterns", folder.appending(path: "patterns").path, raw.path,
      ])
      figure.ratios.append(rg / own)
      figure.note = "culprit \(Figure.short(own)) s, rg \(Figure.short(rg)) s for \(corpus.bytes * copies / 1_000_000) MB"
    }
    return figure
  }

  private static func forRg(_ expression: String) -> String {
    var text = expression
    for quantifier in ["+", "*", "?", "}"] { text = text.replacingOccurrences(of: "\(quantifier)+", with: quantifier) }
    return text.replacingOccurrences(of: "[^\\n]", with: ".").replacingOccurrences(of: "\\n", with: "")
  }

  /// Milliseconds of wall time of `culprit scan` of nothing.
  func start(_ name: String, patterns count: Int, goal: Double) throws -> Figure {
    var figure = Figure(
      name: name, meaning: "milliseconds until the first byte is read, \(count) patterns", goal: goal, isUpperBound: true)
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "culprit-bench-start-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.write(Array(supply.expressions.prefix(count)), to: folder)
    for _ in 0..<rounds {
      try figure.ratios.append(
        1e3 * Clocks.wall { _ = try Clocks.process([culprit, "scan", "--quiet", "--patterns", folder.path, "/dev/null"]) })
    }
    figure.note = "ms of the whole process"
    return figure
  }

  /// Pattern files of those expressions.
  private static func write(_ expressions: [String], to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (number, expression) in expressions.enumerated() {
      let quoted = expression.replacingOccurrences(of: "'", with: "''")
      try Data(
        "title: 'bench \(number)'\nmatch: '\(quoted)'\nverdict: failure\nexamples: {hit: ['a'], miss: ['b']}\n".utf8
      ).write(to: folder.appending(path: "p\(number).yaml"))
    }
  }

  // MARK: - Two cores

  /// All logs on two threads, against one: wall time.
  func twoCores(_ name: String, goal: Double) throws -> Figure {
    var figure = Figure(name: name, meaning: "wall time on one thread by that on two", goal: goal)
    let program = try ScanProgram(supply.patterns(300))
    let repeats = isQuick ? 12 : 6
    let jobs = Array(repeating: Array(corpus.raw.indices), count: repeats).flatMap { $0 }
    for _ in 0..<rounds {
      let one = Clocks.wall { for job in jobs { _ = scan(corpus.raw[job], program) } }
      let two = Clocks.wall {
        DispatchQueue.concurrentPerform(iterations: jobs.count) { _ = scan(corpus.raw[jobs[$0]], program) }
      }
      figure.ratios.append(one / two)
      figure.note = "\(Figure.short(Double(corpus.bytes * repeats) / two / 1e9)) GB/s"
    }
    return figure
  }

  // MARK: - Rescan

  /// A log from the archive, scanned, against only decompressing it.
  func rescan(_ name: String, goal: Double) throws -> Figure {
    var figure = Figure(name: name, meaning: "CPU time of a rescan by that of decompressing alone", goal: goal, isUpperBound: true)
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "culprit-bench-archive-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let archive = try LogArchive(folder: folder.path)
    let digests = try corpus.raw.map { log in
      var at = 0
      return try archive.store { buffer in
        let count = min(buffer.count, log.count - at)
        log.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[at..<at + count])) }
        at += count
        return count
      }.digest
    }
    let program = try ScanProgram(supply.patterns(300))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    defer { buffer.deallocate() }
    for _ in 0..<rounds {
      let alone = try Clocks.cpu {
        for digest in digests {
          var reader = try archive.open(digest)
          while try reader.read(into: buffer) > 0 {}
        }
      }
      let scanned = try Clocks.cpu {
        for digest in digests {
          var reader = try archive.open(digest)
          var scanner = LogScanner(program: program)
          while case let count = try reader.read(into: buffer), count > 0 {
            scanner.scan(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { _ in }
          }
          _ = scanner.finish { _ in }
        }
      }
      figure.ratios.append(scanned / alone)
      figure.note =
        "\(Figure.short(Double(corpus.bytes) / scanned / 1e9)) of \(Figure.short(Double(corpus.bytes) / alone / 1e9)) GB/s"
    }
    return figure
  }
}
