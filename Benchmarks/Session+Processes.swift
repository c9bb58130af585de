import Foundation

extension Session {
  // MARK: - Whole processes

  /// What `rg` takes for a character in `\w`, `\d`, `\s` and `\b`.
  enum RgCharacters {
    /// Unicode's, which is how it comes. Its automaton gives up on each line that holds a `\b` and a character beyond ASCII, and what
    /// it does instead reads less than a megabyte a second: so it is given a small text only.
    case unicode
    /// Those of ASCII, as PCRE2 has them: the harder peer.
    case ascii
  }

  /// `culprit scan` of a raw log, against `rg -j1 -f` with the same expressions on the cleaned one: CPU time, start included.
  func process(_ name: String, patterns count: Int, _ characters: RgCharacters, goal: Double) throws -> Figure {
    let peer = characters == .ascii ? "rg -j1 -f --no-unicode" : "rg -j1 -f"
    var figure = Figure(
      name: name, meaning: "CPU time of `\(peer)` on cleaned text by that of `culprit scan` on raw text, \(count) patterns",
      goal: goal)
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "culprit-bench-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let expressions = RgExpressions.accepted(supply.expressions, count: count, folder: folder)
    try Self.write(expressions, to: folder.appending(path: "patterns"))
    let list = folder.appending(path: "expressions")
    try RgExpressions.write(expressions, to: list)
    let raw = folder.appending(path: "raw.log")
    let cleaned = folder.appending(path: "cleaned.log")
    let text =
      switch characters {
      // Both sides read the same small text, of which the start is nearly all that Culprit takes.
      case .unicode: corpus.beginnings(bytes: isQuick ? 250_000 : 1_000_000)
      // As much with --quick as without: the start, which doesn't grow with the logs, is part of the figure.
      case .ascii: corpus.repeated(bytes: 256_000_000)
      }
    try text.raw.write(to: raw)
    try text.cleaned.write(to: cleaned)
    let flags = characters == .ascii ? ["--no-unicode", "--dfa-size-limit", "1G"] : []
    for _ in 0..<(characters == .ascii ? min(rounds, 5) : isQuick ? 1 : 3) {
      let rg = try Clocks.process(["rg", "-j1", "--no-config"] + flags + ["-f", list.path, cleaned.path])
      let own = try Clocks.process([
        culprit, "scan", "--quiet", "--patterns", folder.appending(path: "patterns").path, raw.path,
      ])
      figure.ratios.append(rg / own)
      figure.note =
        "culprit \(Figure.short(own)) s, rg \(Figure.short(rg)) s for \(Figure.short(Double(text.raw.count) / 1e6)) MB"
    }
    return figure
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
}
