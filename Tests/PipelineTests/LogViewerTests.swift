import Analysis
import Foundation
import LogArchive
import Model
import Pipeline
import TestSupport
import Testing

/// Windows of archived logs, and searches in them.
@Suite struct LogViewerTests {
  fileprivate func with(_ body: (LogArchive, LogViewer) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "culprit-view-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let archive = try LogArchive(folder: folder)
    try await body(archive, LogViewer(archive: archive))
  }

  private func texts(_ window: LogWindow) -> [String] { window.lines.map { "\($0.number) \($0.segments.last?.text ?? "")" } }

  /// A log of several parts: short lines, one of many megabytes, and colours that go on.
  private static let lines = (1...60_000).map { number in
    number == 30_000
      ? String(repeating: "long ", count: 600_000) + "needle"
      : number == 59_990 ? "\u{1B}[31mline \(number) error" : "line \(number) of some length"
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

  /// However many lines there are in it, a megabyte before the window is read.
  @Test func whatBeganWithinAMegabyteIsKnown() async throws {
    try await with { archive, viewer in
      let lines = (1...160_000).map { $0 == 120_000 ? "\u{1B}[31m##[group]late" : "line \($0) of some text" }
      let whole = lines.joined(separator: "\n")
      for (log, first, isWhole) in [(whole, 155_000, false), (lines[115_000...].joined(separator: "\n"), 40_000, true)] {
        let digest = try archive.store(bytes: Array(log.utf8)).digest.bytes
        let window = try await viewer.window(of: digest, LogWindow.Request(lines: first...first + 2))
        #expect(window.lines.first?.segments.last?.runs.map(\.style.foreground) == [.palette(1)])
        #expect(window.sections.map(\.title) == ["late"])
        #expect(isWhole ? window.knownFrom == 1 : window.knownFrom > 1 && window.knownFrom <= 120_000)
      }
    }
  }

  private static func plain(_ number: Int) -> String { lines[number - 1].replacing("\u{1B}[31m", with: "") }

  @Test func searchFindsWhatPatternsWould() async throws {
    try await with { archive, viewer in
      let digest = try archive.store(bytes: Array((Self.lines.joined(separator: "\n")).utf8)).digest.bytes
      let text = try await viewer.search(digest, asker: "ann", for: LogSearch.Query("NEEDLE", isExpression: false))
      #expect(text.findings.map(\.line) == [30_000] && text.findings.first?.start == 3_000_000 && text.unfinished == nil)
      var query = LogSearch.Query(#"^line \d*7 of"#, isExpression: true)
      query.most = 20
      let expression = try await viewer.search(digest, asker: "ann", for: query)
      #expect(expression.findings.count == 20 && expression.count == 6_000 && expression.lines == 60_000)
      #expect(expression.findings.map(\.line) == (0..<20).map { 7 + 10 * $0 })
      // A plain text is no expression, and an expression that is none says so.
      #expect(try await viewer.search(digest, asker: "ann", for: LogSearch.Query("line .*", isExpression: false)).count == 0)
      await #expect(throws: ScanProgram.CompileError.self) {
        try await viewer.search(digest, asker: "ann", for: LogSearch.Query("(", isExpression: true))
      }
      var hurried = LogSearch.Query("line 5", isExpression: false)
      hurried.time = .zero
      let cut = try await viewer.search(digest, asker: "ann", for: hurried)
      #expect(cut.unfinished == .time && cut.lines < 60_000)
      let slow = try await viewer.search(
        digest, asker: "ann", for: LogSearch.Query(#"(?:l|lo|o|on|n|ng|g| )*[^a-z ]"#, isExpression: true))
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
      _ = await #expect(throws: ArchiveError.self) {
        try await viewer.window(of: [UInt8](repeating: 1, count: 32), LogWindow.Request(lines: 1...2))
      }
    }
  }
}

/// Real logs, where they are present.
extension LogViewerTests {
  private static let logs = SharedData.file("logs")

  /// Every window has the text that cleaning the whole log gives: the last segment that isn't empty of each line.
  @Test(.enabled(if: logs != nil, "the shared data isn't here"))
  func realLogsAreShownAsTheyAreCleaned() async throws {
    let folder = try #require(Self.logs)
    let names = [
      "buildkite-logs/bash-example.log", "gitlab-trace-fixtures/sample_trace", "gitlab-trace-fixtures/trace_with_sections",
      "travis-logs/timing_info.log", "terminal-to-html/docker-compose-pull.sh.raw",
    ]
    try await with { archive, viewer in
      for name in names {
        let raw = Array(try Data(contentsOf: folder.appending(path: name)))
        var last = LastSegments()
        var cleaner = LogCleaner()
        raw.withUnsafeBytes { cleaner.clean($0, into: &last) }
        cleaner.finish(into: &last)
        let digest = try archive.store(bytes: raw).digest.bytes
        var request = LogWindow.Request(lines: 1...5_000)
        request.segmentBytes = 1 << 20
        request.bytes = 1 << 30
        let window = try await viewer.window(of: digest, request)
        #expect(window.lines.map { $0.segments.last?.bytes ?? [] } == Array(last.lines.prefix(5_000)), "\(name)")
        #expect(window.total == nil || window.total == last.lines.count)
        request.lines = 7...9
        let part = try await viewer.window(of: digest, request)
        #expect(part.lines.map(\.segments) == Array(window.lines.dropFirst(6).prefix(3)).map(\.segments), "\(name)")
      }
    }
  }

  private struct LastSegments: SegmentSink {
    var lines: [[UInt8]] = []
    private var segment: [UInt8] = []

    mutating func take(_ piece: SegmentPiece) {
      if piece.isFirst { segment = [] }
      segment.removeLast(max(0, segment.count - (piece.offset + piece.context)))
      segment += piece.bytes[piece.context...]
    }

    mutating func endLine(_ line: Int) {
      lines.append(segment)
      segment = []
    }
  }

  /// Where the renderer of Buildkite's terminal pages has the same text, it has the same colours.
  @Test(.enabled(if: logs != nil, "the shared data isn't here"), arguments: ["npm", "pwsh", "rustfmt", "curl"])
  func coloursAreThoseOfAnotherRenderer(name: String) async throws {
    let folder = try #require(Self.logs).appending(path: "terminal-to-html")
    let raw = Array(try Data(contentsOf: folder.appending(path: "\(name).sh.raw")))
    let rendered = try String(contentsOf: folder.appending(path: "\(name).sh.rendered"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map { RenderedLine(String($0)) }
    try await with { archive, viewer in
      var request = LogWindow.Request(lines: 1...5_000)
      request.bytes = 1 << 30
      let window = try await viewer.window(of: try archive.store(bytes: raw).digest.bytes, request)
      var compared = 0
      for (line, other) in zip(window.lines, rendered) {
        var characters: [RenderedLine.Character] = []
        for run in line.segments.last?.runs ?? [] {
          var color: Int?
          if case .palette(let index) = run.style.foreground { color = Int(index) }
          characters += run.text.filter { !$0.isWhitespace }.map { .init(text: $0, color: color) }
        }
        guard characters.map(\.text) == other.characters.map(\.text), !characters.isEmpty else { continue }
        compared += 1
        #expect(characters == other.characters, "line \(line.number)")
      }
      // The others are drawn by moving the cursor, which a log's page doesn't.
      #expect(compared * 10 >= window.lines.count { !$0.segments.isEmpty } * 8, "\(compared) lines compared")
    }
  }

  /// A line of HTML whose spans have classes like `term-fg31`, without its spaces.
  private struct RenderedLine {
    struct Character: Equatable {
      let text: Swift.Character
      let color: Int?
    }

    var characters: [Character] = []

    init(_ html: String) {
      var colors: [Int?] = [nil]
      for part in html.replacing(/<time.*?<\/time>/, with: "").matches(of: /<\/span>|<span class="([^"]*)">|<[^>]*>|&[^;]+;|[^<&]/)
      {
        let text = String(part.0)
        if text == "</span>" {
          if colors.count > 1 { colors.removeLast() }
        } else if let classes = part.1 {
          colors.append(Self.color(String(classes)))
        } else if !text.hasPrefix("<") {
          let character = Self.entities[text] ?? Swift.Character(text.count == 1 ? text : "?")
          if !character.isWhitespace { characters.append(Character(text: character, color: colors.last ?? nil)) }
        }
      }
    }

    private static let entities: [String: Swift.Character] = [
      "&lt;": "<", "&gt;": ">", "&amp;": "&", "&#39;": "'", "&#34;": "\"", "&quot;": "\"", "&#47;": "/", "&nbsp;": " ",
    ]

    private static func color(_ classes: String) -> Int? {
      for name in classes.split(separator: " ") {
        if name.hasPrefix("term-fgx"), let index = Int(name.dropFirst(8)) { return index }
        if name.hasPrefix("term-fgi"), let code = Int(name.dropFirst(8)) { return code - 90 + 8 }
        if name.hasPrefix("term-fg"), let code = Int(name.dropFirst(7)), (30...37).contains(code) { return code - 30 }
      }
      return nil
    }
  }
}
