import Analysis
import Foundation
import LogArchive
import Model
import Pipeline
import Store
import TestSupport

extension Session {
  /// A rare text in one archived log of so many.
  private static let rarity = 500

  /// A rare expression tried on an archive, against decompressing and scanning all of it: wall time, database and all.
  func tryRare(_ name: String, goal: Double) throws -> Figure {
    var figure = Figure(name: name, meaning: "wall time of scanning all by that of trying a rare expression", goal: goal)
    let measured = try Self.wait { try await self.trials() }
    figure.ratios = measured.ratios
    figure.note = measured.note
    return figure
  }

  private func trials() async throws -> (ratios: [Double], note: String) {
    try await TestLedger.with { ledger in
      try await fill(ledger)
      // The first trial makes the indexes.
      let first = try await trial(ledger, "nothing like this was ever said", usesIndex: true)
      var notes = ["\(first.bytes / 1_000_000) MB in \(first.logs) logs, index \(try Self.indexShare(ledger, first.bytes))"]
      notes.append("making it takes \(Figure.short(try indexNanoseconds())) ns of CPU time per raw byte")
      var ratios: [String: [Double]] = [:]
      var notesOfKind: [String: String] = [:]
      for _ in 0..<min(rounds, 3) {
        for (kind, expression) in Self.expressions {
          let fast = try await trial(ledger, expression, usesIndex: true)
          let slow = try await trial(ledger, expression, usesIndex: false)
          precondition(fast.findings == slow.findings, "the index hides findings of \(expression)")
          ratios[kind, default: []].append(slow.seconds / fast.seconds)
          notesOfKind[kind] =
            "\(fast.findings) findings, \(fast.opened) logs opened, \(Figure.short(fast.seconds)) of \(Figure.short(slow.seconds)) s"
        }
      }
      for (kind, _) in Self.expressions {
        let median = ratios[kind, default: []].sorted()[ratios[kind, default: []].count / 2]
        notes.append("\(kind): \(Figure.short(median)) times as fast, \(notesOfKind[kind] ?? "")")
      }
      return (ratios["rare"] ?? [], notes.joined(separator: "; "))
    }
  }

  private static let expressions = [
    ("rare", "cannot allocate (\\d+) pages for the shadow of (\\S+)"),
    ("rare, several texts", "(?i)shadow of \\S+ is gone|ghost in the (?:shell|machine)|pages for the shadow"),
    ("common", "error: linker command failed"), ("without text", "\\d{7} \\d{3}$"),
  ]

  /// Enters the corpus again and again, each copy with a line of its own, up to the size that is wanted.
  private func fill(_ ledger: TestLedger) async throws {
    var bytes = 0
    var number = 0
    while bytes < archiveBytes {
      var entries: [Store.Entry] = []
      for log in corpus.raw where bytes < archiveBytes {
        let telling = number % Self.rarity == 7 ? "cannot allocate \(number) pages for the shadow of host\(number)" : "done"
        let stored = try ledger.archive.store(bytes: log + Array("\(telling) \(number)\n".utf8))
        let build = TestLedger.build("\(number)", commit: String(repeating: "0", count: 32) + String(10_000_000 + number))
        entries.append(Store.Entry(build: build, step: "", digest: stored.digest.bytes, bytes: stored.size))
        bytes += stored.size
        number += 1
      }
      _ = try await ledger.store.enter(entries)
    }
  }

  private func trial(
    _ ledger: TestLedger, _ expression: String, usesIndex: Bool
  ) async throws -> (seconds: Double, findings: Int, opened: Int, logs: Int, bytes: Int) {
    var settings = TryStage.Settings()
    settings.lanes = 2
    settings.usesIndex = usesIndex
    let stage = TryStage(store: ledger.store, archive: ledger.archive, settings: settings)
    let start = ContinuousClock.now
    // Verdicts are compared in either case; it is the scan that is measured, so no pattern is there to be compared with.
    let report = try await stage.run(.test("bench/try", match: expression), fresh: true, today: CalendarDay(secondsSince1970: 0))
    return (
      (ContinuousClock.now - start) / .seconds(1), report.findings, report.cost.opened, report.triedLogs, report.triedBytes
    )
  }

  /// CPU time that a scan takes longer when it makes an index, per raw byte.
  private func indexNanoseconds() throws -> Double {
    let program = try ScanProgram(supply.patterns(1))
    var nanoseconds = 0
    for log in corpus.raw {
      let builder = GramIndexBuilder(rawBytes: log.count)
      var scanner = LogScanner(program: program, grams: builder)
      log.withUnsafeBytes { scanner.scan($0) { _ in } }
      _ = scanner.finish { _ in }
      nanoseconds += builder?.nanoseconds ?? 0
    }
    return Double(nanoseconds) / Double(corpus.bytes)
  }

  /// How large the indexes are beside the raw logs.
  private static func indexShare(_ ledger: TestLedger, _ raw: Int) throws -> String {
    var bytes = 0
    for path in try FileManager.default.subpathsOfDirectory(atPath: ledger.folder) where path.hasSuffix(".grams") {
      bytes += try FileManager.default.attributesOfItem(atPath: ledger.folder + "/" + path)[.size] as? Int ?? 0
    }
    return String(format: "%.2f %% of it", Double(bytes) / Double(raw) * 100)
  }

  /// The benchmark's own thread has nothing else to do meanwhile.
  private static func wait<Value: Sendable>(_ body: @Sendable @escaping () async throws -> Value) throws -> Value {
    let box = Box<Value>()
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
      do { box.result = .success(try await body()) } catch { box.result = .failure(error) }
      isDone.signal()
    }
    isDone.wait()
    return try box.result!.get()
  }
}

/// Takes a result from one thread to another.
// `@unchecked`: written before a signal, read after it.
private final class Box<Value>: @unchecked Sendable {
  var result: Result<Value, any Error>?
}
