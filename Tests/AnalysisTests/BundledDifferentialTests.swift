import Analysis
import Foundation
import Model
import Testing

/// The patterns that come with Culprit, on its samples and on real logs: the engine finds what the plain loop finds, to the byte.
@Suite struct BundledDifferentialTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static let patterns: [Pattern] =
    (try? Catalog.load(package.appending(path: "patterns").path, runsExamples: false).patterns) ?? []

  /// The files below a folder that are logs by their names.
  private static func logs(in folder: URL) -> [URL] {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "log" || $0.pathExtension == "txt" }
      .sorted { $0.path < $1.path }
  }

  private static func compare(_ log: [UInt8], _ program: ScanProgram, _ name: String) {
    let fast = scanText(log, program: program, limits: .untimed)
    let plain = PlainScan.scan(log, program: program, limits: .untimed)
    #expect(difference(fast.findings, plain.findings) == nil, "\(name)")
    #expect(fast.summary == plain.summary, "\(name)")
  }

  @Test func onSamples() throws {
    #expect(Self.patterns.count > 300)
    let program = try ScanProgram(Self.patterns)
    let logs = Self.logs(in: Self.package.appending(path: "samples"))
    #expect(logs.count > 50)
    for log in logs { Self.compare(Array(try Data(contentsOf: log)), program, log.lastPathComponent) }
  }

  @Test(.enabled(if: CleanRecordings.arePresent), arguments: CleanRecordings.logs) func onRecordings(_ path: String) throws {
    // The plain loop takes seconds for a megabyte.
    Self.compare(Array(try CleanRecordings.read(path).prefix(200_000)), try Self.program.get(), path)
  }

  private static let program = Result { try ScanProgram(patterns) }
}
