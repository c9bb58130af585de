import Analysis
import FuzzSupport
import Foundation
import Model
import Testing

/// Drafts are pattern files that hold.
@Suite struct SuggestDraftTests {
  /// The drafts for logs, each read as a file.
  private func drafts(_ logs: [String]) throws -> [(draft: PatternDraft, pattern: Pattern, warnings: [CatalogIssue])] {
    let lines = try logs.map { try tellingLines($0) }
    let others = lines.joined().map(\.text)
    var titles: Set<String> = []
    var names: Set<String> = []
    let drafts = FailureClusters(lines).clusters.compactMap {
      PatternDraft($0, others: OtherLines(others), titles: &titles, names: &names)
    }
    let files = drafts.map { PatternFile(path: "\($0.name).yaml", id: PatternID($0.name), bytes: Array($0.yaml.utf8)) }
    let reading = CatalogReading(files: files)
    #expect(reading.issues.map(\.description) == [])
    let warnings = CatalogCheck(reading, today: CalendarDay("2026-01-01")!).warnings()
    return try zip(drafts, files).map { draft, file in
      (draft, try #require(file.pattern), warnings.filter { $0.file == "\(draft.name).yaml" })
    }
  }

  @Test func aDraftHasAllThatAPatternNeeds() throws {
    let found = try drafts([
      "error: cannot open /srv/a/b.txt on node 7\n",
      "error: cannot open /srv/c/d.txt on node 12\nerror: cannot close the file on node 3\n",
    ])
    let draft = try #require(found.first)
    #expect(draft.draft.name == "error-cannot-open-on-node")
    #expect(draft.pattern.title == "cannot open ${path} on node")
    #expect(
      draft.pattern.definition.matcher == .match(#"^error: cannot open (?<path>(?:[A-Za-z]:)?[\w.@+~=/\\-]{1,300}+) on node "#))
    #expect(draft.pattern.verdict == .failure)
    #expect(draft.pattern.priority == 50)
    #expect(draft.pattern.groupBy == ["path"])
    #expect(
      draft.pattern.examples.hits.map(\.text) == [
        "error: cannot open /srv/a/b.txt on node 7", "error: cannot open /srv/c/d.txt on node 12",
      ])
    #expect(draft.pattern.examples.misses.map(\.text) == ["error: cannot close the file on node 3"])
    #expect(draft.warnings.isEmpty)
  }

  @Test func whatEachRunMakesUpAnewIsNoGroup() throws {
    let found = try drafts(["error: cannot open /tmp/build.8812/b.txt on this node\n"])
    #expect(found.first?.pattern.groupBy == [])
  }

  @Test func specialCharactersAreTakenLiterally() throws {
    let line = #"  [ERROR] it's "$HOME" (a+b)* ^ {x} \d | it is ${broken} #1: 100% `gone`?"#
    let found = try drafts([line + "\n"])
    #expect(found.count == 1)
    #expect(found.first?.pattern.examples.hits.map(\.text) == [line])
  }

  @Test func aLogOfOneLineHasAMissToo() throws {
    let found = try drafts(["error: nothing else was ever written\n"])
    #expect(found.first?.pattern.examples.misses.count == 1)
  }

  @Test(arguments: [
    ("[ERROR] /srv/a.java: cannot find symbol", "${path}: cannot find symbol"), ("fatal: error: it is broken:", "it is broken"),
    ("error[E0599]: no such method", "error[E0599]: no such method"),
    ("  > [cause]: error: it is broken:", "[cause]: error: it is broken"),
  ])
  func titlesSayWhatWentWrongAndNotThatSomethingDid(line: String, title: String) throws {
    let drafts = try self.drafts([line])
    #expect(drafts.first?.draft.title == title)
  }

  @Test func titlesAndNamesAreUnique() throws {
    let found = try drafts(["error: 'a' was not found in 12\n", #"error: "a" was not found in 12"# + "\n"])
    #expect(Set(found.map(\.draft.name)).count == 2)
    #expect(Set(found.map { $0.draft.title.lowercased() }).count == 2)
  }

  /// Lines made of pieces that have something to be masked, quoted or escaped about them.
  @Test func draftsOfAnyLinesHold() throws {
    let pieces = [
      "error:", "cannot", "[x]", "'quo ted'", "\"a\"", "/a/b-c.d", "src/a.c:1:2:", "12", "3.5 ms", "0xabc", "deadbeef1", "(…)",
      "ünder", "\t", "  ",
      "https://a.example/x?y=1", "10.0.0.1:80", "2026-01-02T03:04:05Z", "$x", "${y}", "a|b", "*", "\\", "#", "failed", "name_1",
      "it's", "<b>", "- ", "E",
    ]
    var generator = SplitMix64(seed: 42)
    let logs = (0..<80).map { _ in
      "error: seed line "
        + (0..<Int.random(in: 1...14, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }.joined(
          separator: " ")
        + "\n"
    }
    let found = try drafts(logs)
    #expect(found.count > 40)
    let warnings = found.flatMap(\.warnings).map(\.description)
    #expect(
      warnings.isEmpty, "\(warnings.prefix(5)) \(found.filter { !$0.warnings.isEmpty }.map(\.pattern.definition.matcher).prefix(5))"
    )
  }

  private static let shared =
    (ProcessInfo.processInfo.environment["CULPRIT_SHARED"]
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../shared").path)
    + "/data/marked/pytorch"

  @Test(.enabled(if: FileManager.default.fileExists(atPath: shared), "the shared data is not here"))
  func draftsOfRealLogsHoldWithoutWarnings() throws {
    let logs = try FileManager.default.contentsOfDirectory(atPath: Self.shared).filter { $0.hasSuffix(".log") }.sorted().map {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(Self.shared)/\($0)")), as: UTF8.self)
    }
    let found = try drafts(logs)
    #expect(found.count >= 10)
    #expect(found.flatMap(\.warnings).map(\.description) == [])
  }
}
