import Analysis
import Foundation
import LogArchive
import Model
import Pipeline
import TestSupport
import Testing

/// Windows of archived logs, and searches in them.
@Suite struct LogViewerTests {
  private func with<Value>(_ body: (LogArchive, LogViewer) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "culprit-view-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let archive = try LogArchive(folder: folder)
    return try await body(archive, LogViewer(archive: archive))
  }

  private func texts(_ window: LogWindow) -> [String] { window.lines.map { "\($0.number) \($0.segments.last?.text ?? "")" } }

  /// A log of several parts: short lines, one of many megabytes, and colours that go on.
  private static let lines = (1...60_000).map { number in
    number == 30_000
      ? String(repeating: "long ", count: 600_000) + "needle" : number == 59_990 ? "\u{1B}[31mline \(number) error" : "line \(number) of some length"
  }

  @Test func anyWindowIsThatOfTheWholeLog() async throws {
    try await with { archive, viewer in
      let log = try archive.store(bytes: Array((Self.lines.joined(separator: "\n")).utf8))
      for first in [1, 2, 29_999, 30_000, 30_001, 45_678, 59_998] {
        let window = try await viewer.window(of: log.digest.bytes, LogWindow.Request(lines: first...first + 2))
        let expected = (first...first + 2).map { "\($0) \(Self.plain($0).prefix(8 * 1024))" }
        #expect(texts(window) == expected, "from line \(first)")
      }
      // Colours that began before the window.
      let window = try await viewer.window(of: log.digest.bytes, LogWindow.Request(lines: 59_995...60_010))
      #expect(window.lines.count == 6 && window.total == 60_000)
      #expect(window.lines.last?.segments.last?.runs.map(\.style.foreground) == [.palette(1)])
      let end = try await viewer.end(of: log.digest.bytes, LogWindow.Request(lines: 1...10))
      #expect(end.lines.last?.number == 60_000)
      let behind = try await viewer.window(of: log.digest.bytes, LogWindow.Request(lines: 70_000...70_100))
      #expect(behind.lines.isEmpty && behind.total == 60_000)
      let many = try await viewer.window(of: log.digest.bytes, LogWindow.Request(lines: 1...Int.max))
      #expect(many.lines.count == LogViewer.mostLines)
    }
  }

  private static func plain(_ number: Int) -> String { lines[number - 1].replacing("\u{1B}[31m", with: "") }

  @Test func searchFindsWhatPatternsWould() async throws {
    try await with { archive, viewer in
      let digest = try archive.store(bytes: Array((Self.lines.joined(separator: "\n")).utf8)).digest.bytes
      let text = try await viewer.search(digest, for: LogSearch.Query("NEEDLE", isExpression: false))
      #expect(text.findings.map(\.line) == [30_000] && text.findings.first?.start == 3_000_000 && text.unfinished == nil)
      var query = LogSearch.Query(#"^line \d*7 of"#, isExpression: true)
      query.most = 20
      let expression = try await viewer.search(digest, for: query)
      #expect(expression.findings.count == 20 && expression.count == 6_000 && expression.lines == 60_000)
      #expect(expression.findings.map(\.line) == (0..<20).map { 7 + 10 * $0 })
      // A plain text is no expression, and an expression that is none says so.
      #expect(try await viewer.search(digest, for: LogSearch.Query("line .*", isExpression: false)).count == 0)
      await #expect(throws: ScanProgram.CompileError.self) {
        try await viewer.search(digest, for: LogSearch.Query("(", isExpression: true))
      }
      var hurried = LogSearch.Query("line 5", isExpression: false)
      hurried.time = .zero
      let cut = try await viewer.search(digest, for: hurried)
      #expect(cut.unfinished == .time && cut.lines < 60_000)
      let slow = try await viewer.search(digest, for: LogSearch.Query(#"(?:l|lo|o|on|n|ng|g| )*!"#, isExpression: true))
      #expect(slow.unfinished == .expression)
    }
  }

  @Test func rawBytesComeAsTheyWere() async throws {
    try await with { archive, viewer in
      let bytes = (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      let log = try archive.store(bytes: bytes)
      var read: [UInt8] = []
      for try await block in viewer.raw(log.digest.bytes) { read += block }
      #expect(read == bytes)
      await #expect(throws: ArchiveError.self) {
        for try await _ in viewer.raw([UInt8](repeating: 1, count: 32)) {}
      }
    }
  }

  @Test func missingLogsSaySo() async throws {
    try await with { _, viewer in
      await #expect(throws: ArchiveError.self) {
        try await viewer.window(of: [UInt8](repeating: 1, count: 32), LogWindow.Request(lines: 1...2))
      }
    }
  }
}
