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
        print("     real logs: \(try session.raw("raw-\(count)-vs-plain-loop", patterns: count, goal: goal).line)")
      }
    }
    try printPcre2grep()
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
