import Analysis
import Foundation
import Model

extension Session {
  /// What has no goal of its own: the start, real logs, pcre2grep.
  func printOthers() throws {
    let start = try Clocks.wall { _ = try ScanProgram(supply.patterns(1_000)) }
    print("     compiling 1,000 patterns and making their tables: \(Figure.short(start * 1e3)) ms")
    if let real = Corpus.real() {
      let session = Session(supply: supply, corpus: real, rounds: rounds, isQuick: isQuick, culprit: culprit)
      for (count, goal) in [(300, 200.0), (1_000, 700.0)] {
        print("     real logs: \(try session.raw("raw-\(count)-vs-plain-loop", patterns: count, goal: goal, isExact: false).line)")
      }
    }
    try printPcre2grep()
  }

  /// Scanning alone, again and again.
  func printSpeed(patterns count: Int) throws {
    let program = try ScanProgram(supply.patterns(count))
    for _ in 0..<max(5, rounds) {
      var bytes = 0
      let seconds = Clocks.cpu {
        while bytes < 2_000_000_000 { for log in corpus.raw where scan(log, program) >= 0 { bytes += log.count } }
      }
      print("\(count) patterns, \(LogScanner.kernels): \(Figure.short(Double(bytes) / seconds / 1e9)) GB/s")
    }
  }

  /// The literals that are found most often, and how often per megabyte of cleaned text: each time PCRE2 tries an expression on a line.
  func printLiterals(patterns count: Int) {
    let text = corpus.cleaned.flatMap { $0 }.prefix(8_000_000)
    let sets = supply.patterns(count).flatMap { PatternLiterals($0.definition).steps.map(\.literals) }
    let literals = Set(sets.flatMap(\.literals))
    let lines = sets.count { !$0.isSearchable }
    let exact = Array(text)
    let folded = exact.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }
    let found = literals.map { literal in
      (literal: literal.quoted, count: Self.occurrences(of: literal.searchedBytes, in: literal.ignoreCase ? folded : exact))
    }
    let perMegabyte = 1e6 / Double(exact.count)
    print(
      "\(literals.count) literals, \(Int(Double(found.reduce(0) { $0 + $1.count }) * perMegabyte)) per MB; \(lines) expressions without"
    )
    for (literal, count) in found.sorted(by: { $0.count > $1.count }).prefix(25) where count > 0 {
      print(String(format: "%8.1f per MB  ", Double(count) * perMegabyte) + literal)
    }
  }

  private static func occurrences(of part: [UInt8], in text: [UInt8]) -> Int {
    text.withUnsafeBytes { text in
      var count = 0
      var at = 0
      while let hit = memchr(text.baseAddress! + at, CInt(part[0]), text.count - at) {
        let start = UnsafeRawPointer(hit) - text.baseAddress!
        if start + part.count <= text.count, memcmp(hit, part, part.count) == 0 { count += 1 }
        at = start + 1
      }
      return count
    }
  }

  private func printPcre2grep() throws {
    let base = FileManager.default.temporaryDirectory.appending(
      path: "culprit-bench-grep-\(ProcessInfo.processInfo.processIdentifier)"
    ).path
    defer { for suffix in [".expressions", ".log"] { try? FileManager.default.removeItem(atPath: base + suffix) } }
    try Data((supply.expressions.prefix(300).joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: base + ".expressions"))
    let text = corpus.cleaned[0].prefix(1_000_000)
    try Data(text).write(to: URL(filePath: base + ".log"))
    do {
      let seconds = try Clocks.process(["pcre2grep", "-u", "-f", base + ".expressions", base + ".log"])
      print("     pcre2grep -f, 300 patterns: \(Figure.short(Double(text.count) / seconds / 1e6)) MB/s of cleaned text")
    } catch let failure as Clocks.Failure {
      print("     pcre2grep: \(failure)")
    }
  }

  /// How the cost grows with the patterns and with the log.
  func printGrowth() {
    print("\npatterns  tables      scanning   plain loop")
    for count in [10, 100, 300, 1_000, 5_000] {
      var program: ScanProgram?
      let start = Clocks.wall { program = try? ScanProgram(supply.patterns(count)) }
      guard let program else { continue }
      _ = corpus.raw.prefix(4).map { scan($0, program) }
      let seconds = Clocks.cpu { for log in corpus.raw { _ = scan(log, program) } }
      let plain = PlainLoop(Array(supply.expressions.prefix(count)))
      let text = corpus.cleaned[0].prefix(min(100_000_000 / (count + 100), corpus.cleaned[0].count))
      let slow = Clocks.cpu { _ = text.withUnsafeBytes { plain.scan($0) } }
      print(
        String(
          format: "%8d %6.1f ms %8.0f MB/s %8.2f MB/s", count, start * 1e3, Double(corpus.bytes) / seconds / 1e6,
          Double(text.count) / slow / 1e6))
    }
    guard let program = try? ScanProgram(supply.patterns(300)) else { return }
    print("\nlog         scanning with 300 patterns")
    let block = corpus.raw.max { $0.count < $1.count } ?? []
    for bytes in [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000] {
      // The same log again and again up to the size wanted; small ones often enough to be measured.
      let repeats = max(1, 20_000_000 / bytes)
      let seconds = Clocks.cpu {
        for _ in 0..<repeats {
          var scanner = LogScanner(program: program)
          var left = bytes
          while left > 0 {
            block.withUnsafeBytes { all in
              var at = 0
              while at < all.count, left > 0 {
                let count = min(256 * 1024, all.count - at, left)
                scanner.scan(UnsafeRawBufferPointer(rebasing: all[at..<at + count])) { _ in }
                at += count
                left -= count
              }
            }
          }
          _ = scanner.finish { _ in }
        }
      }
      print(
        String(
          format: "%10d B %10.3f ms %8.0f MB/s", bytes, seconds / Double(repeats) * 1e3, Double(bytes * repeats) / seconds / 1e6))
    }
  }
}
