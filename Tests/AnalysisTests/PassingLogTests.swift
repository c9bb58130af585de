import Analysis
import Foundation
import Model
import Testing

/// The starter patterns find nothing where nothing failed: retries that helped, tests named after errors, warnings, failures that are
/// expected, probes. A fallback may, since it never explains a failure.
@Suite struct PassingLogTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static let catalog = Result {
    let patterns = try Catalog.load(package.appending(path: "patterns").path, runsExamples: false).patterns
    return (program: try ScanProgram(patterns), fallbacks: Set(patterns.filter(\.fallback).map(\.id)))
  }

  private static func logs(in folder: String, _ isWanted: (String) -> Bool = { _ in true }) -> [URL] {
    let folder = package.appending(path: folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".log") && isWanted($0) }.sorted().map { folder.appending(path: $0) }
  }

  private func check(_ log: URL) throws {
    let (program, fallbacks) = try Self.catalog.get()
    let found = scanText(Array(try Data(contentsOf: log)), program: program, limits: .untimed).findings
    #expect(
      found.filter { !fallbacks.contains($0.pattern) }.map { "\($0.line) \($0.pattern): \($0.text)" } == [],
      "\(log.lastPathComponent)")
  }

  @Test func whatToolsSayWhenAllIsWell() throws {
    let logs = Self.logs(in: "Tests/Fixtures/passing")
    #expect(logs.count > 15)
    for log in logs { try check(log) }
  }

  @Test func passingSamples() throws {
    let logs = Self.logs(in: "samples/logs") { $0.hasSuffix("-passed.log") }
    #expect(logs.count > 10)
    for log in logs { try check(log) }
  }

  /// Logs of builds that are known to have passed, by their labels or their last lines.
  private static let recordings: [String] = [
    "analysis-model/parser/issue11675.txt", "buildkite-logs/bash-example.log",
    "bugswarm/tests/analyzer/github_data/gradle/2556516385-orig.log",
    "bugswarm/tests/analyzer/github_data/javascript/jest/2525375274.log",
    "bugswarm/tests/analyzer/github_data/other/8859027590.log", "bugswarm/tests/analyzer/github_data/python/2512051754-orig.log",
    "bugswarm/tests/analyzer/github_data/python/27403903613-orig.log",
    "bugswarm/tests/analyzer/travis_data/python/212215615-orig.log",
    "bugswarm/tests/analyzer/travis_data/python/250808150-orig.log",
    "gitlab-runner/log-1", "gitlab-runner/log-2", "gitlab-runner/log-3", "gitlab-runner/log-4",
    "gitlab-trace-fixtures/sample_trace",
    "node-core-utils/benchmark-buffer/benchmark-node-micro-benchmarks-150.txt", "tarantool-multivac/3828337083.log",
    "tarantool-multivac/9224701468.log", "terminal-to-html/docker-compose-pull.sh.raw", "terminal-to-html/docker-pull.sh.raw",
    "terminal-to-html/npm.sh.raw", "travis-logs/timing_info.log",
  ]

  @Test(.enabled(if: CleanRecordings.arePresent), arguments: recordings) func passingRecordings(_ path: String) throws {
    try check(CleanRecordings.folder.appending(path: path))
  }
}
