import Foundation

/// `culprit-fuzz MODE [SECONDS] [SEED]`: looks for mistakes for a while; see scripts/fuzz. `culprit-fuzz compare EXPRESSIONS LOG…` looks for
/// them with expressions and logs that are at hand.
@main enum Main {
  /// Each mode gets the seconds and the seed, and returns whether it found nothing.
  private static let modes: [(name: String, run: @Sendable (Double, UInt64) -> Bool)] = [
    ("literals", LiteralsMode.run),
    ("scanner", ScannerMode.run), ("cleaner", CleanerMode.run),
  ]

  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "compare", arguments.count >= 3 {
      exit(CompareMode.run(expressions: arguments[arguments.startIndex + 1], logs: Array(arguments.dropFirst(2))) ? 0 : 1)
    }
    let names = modes.map(\.name).joined(separator: "|")
    guard let mode = modes.first(where: { $0.name == arguments.first }) else {
      fail("usage: culprit-fuzz \(names) [SECONDS] [SEED], or culprit-fuzz compare EXPRESSIONS LOG…")
    }
    let numbers = Array(arguments.dropFirst())
    let seconds = numbers.first.map { Double($0) } ?? 60
    let seed = numbers.dropFirst().first.map { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    guard let seconds, seconds > 0, let seed, numbers.count <= 2 else { fail("SECONDS and SEED must be numbers") }
    print("mode \(mode.name), \(seconds) s, seed \(seed)")
    fflush(nil)  // a crash may be what is found
    exit(mode.run(seconds, seed) ? 0 : 1)
  }

  private static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(2)
  }
}
