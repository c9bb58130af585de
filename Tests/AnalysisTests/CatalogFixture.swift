import Analysis
import Foundation
import Model
import Testing

/// Pattern files for tests.
enum CatalogFixture {
  /// A file with every field, without errors.
  static let full = #"""
    title: '${tool} could not reach ${host}'
    match: '(?<tool>curl|wget): \(\d+\) no route to host (?<host>[\w.-]+)'
    ignore-case: true
    verdict: known
    issue: https://tickets.example.org/7
    priority: 60
    fallback: false
    group-by: [tool, host]
    where:
      provider: '^github$'
      branch: '^release/'
    tail: 200
    tags: [network, dns]
    owner: platform
    remedy: |
      Look at the *status page*.
    review-by: 2027-03-01
    retired: false
    examples:
      hit:
        - 'CURL: (7) no route to host a.example'
        - text: 'wget: (4) no route to host b.example'
          captures:
            tool: wget
            2: b.example
      miss:
        - 'curl: (6) could not resolve host'
    """#

  /// A short one; its fields stand in lines 1 to 7.
  static let short = #"""
    title: Connection reset
    match: 'curl: \(56\) .*reset by peer'
    verdict: failure
    examples:
      hit:
        - 'curl: (56) connection reset by peer'
      miss:
        - 'curl: (22) error 404'
    """#

  /// The short file with another expression, further fields and other examples.
  static func file(
    _ matcher: String, _ more: String = "", title: String = "A title", verdict: String = "failure",
    hits: [String], misses: [String] = ["nothing of the kind"]
  ) -> String {
    func list(_ lines: [String]) -> String {
      lines.map {
        "\n    - \"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
      }.joined()
    }
    return "title: '\(title)'\n\(matcher)\nverdict: \(verdict)\n" + (more.isEmpty ? "" : more + "\n") + "examples:\n  hit:"
      + list(hits) + "\n  miss:" + list(misses) + "\n"
  }

  static func read(_ yaml: String) -> PatternFile { read(Array(yaml.utf8)) }

  static func read(_ bytes: [UInt8]) -> PatternFile {
    PatternFile(path: "patterns/a/b.yaml", id: PatternID("a/b"), bytes: bytes)
  }

  /// The issues of a file, each as one line without the file's name.
  static func issues(_ yaml: String) -> [String] { issues(read(yaml)) }

  static func issues(_ file: PatternFile) -> [String] {
    #expect((file.pattern == nil) == !file.issues.isEmpty)
    return file.issues.map { String($0.description.dropFirst("patterns/a/b.yaml:".count)) }
  }

  /// Calls the body with a new folder that holds the files, and removes it afterwards.
  static func withFolder<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("culprit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try body(root.path)
  }
}
