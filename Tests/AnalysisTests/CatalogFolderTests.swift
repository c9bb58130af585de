import Analysis
import Foundation
import Model
import Testing

@Suite struct CatalogFolderTests {
  private func pattern(_ title: String) -> String { CatalogFixture.file("literal: disk full", title: title, hits: ["disk full"]) }

  @Test func loadsAFolderSortedByID() throws {
    let files = [
      "b.yaml": pattern("B"), "a/z.yml": pattern("Z"), "a/deep/er.yaml": pattern("E"), ".hidden.yaml": "bad", ".git/x.yaml": "bad",
      "README.md": "text", "a/notes.txt": "x",
    ]
    try CatalogFixture.withFolder(files) { folder in
      let catalog = try Catalog.load(folder)
      #expect(catalog.patterns.map(\.id.rawValue) == ["a/deep/er", "a/z", "b"])
    }
  }

  @Test func tellsTheErrorsOfAllFiles() throws {
    let files = [
      "a.yaml": "title: [", "b.yaml": pattern("Same"), "c.yaml": pattern("same"), "d.yml": pattern("D"), "d.yaml": pattern("D2"),
      "Bad_Name/diskFull.yaml": pattern("N"), "e/-.yaml": pattern("E"),
    ]
    try CatalogFixture.withFolder(files) { folder in
      let error = try #require(throws: CatalogError.self) { try Catalog.load(folder) }
      let lines = error.description.replacing(folder + "/", with: "").split(separator: "\n").map(String.init)
      #expect(
        lines == [
          "Bad_Name/diskFull.yaml: `Bad_Name` can't be part of a pattern's id — call it `bad-name`",
          "Bad_Name/diskFull.yaml: `diskFull` can't be part of a pattern's id — call it `disk-full`",
          "a.yaml:2: is not valid YAML: did not find expected node content — look for a quote too many, a quote missing, or a wrong indentation",
          "c.yaml:1: title: is also the title of b.yaml — say what sets the two apart",
          "d.yml: has the same id as d.yaml — keep one of the two files",
          "e/-.yaml: `-` can't be part of a pattern's id — use a-z, 0-9 and single hyphens",
        ])
    }
  }

  @Test func idsOfPartsAreRelativeToThePatternFolder() throws {
    let files = ["patterns/a/b/c.yaml": pattern("C"), "patterns/d.yaml": pattern("D"), "other/x/y.yaml": pattern("Y")]
    try CatalogFixture.withFolder(files) { folder in
      func ids(_ paths: String...) -> [String] { Catalog.read(paths: paths.map { "\(folder)/\($0)" }).patterns.map(\.id.rawValue) }
      #expect(ids("patterns") == ["a/b/c", "d"])
      #expect(ids("patterns/a/") == ["a/b/c"])
      #expect(ids("patterns/a/b/c.yaml") == ["a/b/c"])
      #expect(ids("patterns/a/../d.yaml", "patterns/d.yaml", "patterns") == ["a/b/c", "d"])
      #expect(ids("other") == ["x/y"])
      #expect(ids("other/x/y.yaml") == ["y"])
      let reading = Catalog.read(paths: ["\(folder)/patterns/d.yaml", "\(folder)/none"])
      #expect(reading.issues.map(\.description) == ["\(folder)/none: no such file or folder"])
      #expect(reading.issues.allSatisfy(\.isUnreadable) && reading.hasErrors)
      #expect(reading.patterns.count == 1)
    }
  }

  @Test func aFileThatIsAskedForMustBeAPatternFile() throws {
    try CatalogFixture.withFolder(["a.txt": "x"]) { folder in
      #expect(Catalog.read(paths: [folder + "/a.txt"]).issues.map(\.message) == ["is no pattern file by its name"])
    }
  }

  @Test func aMissingFolderIsAnError() throws {
    try CatalogFixture.withFolder(["a.yaml": "x"]) { folder in
      #expect(throws: CatalogError.self) { try Catalog.load(folder + "/none") }
      #expect(throws: CatalogError.self) { try Catalog.load(folder + "/a.yaml") }
    }
  }

  @Test func aPipeWithTheNameOfAPatternIsAnError() throws {
    try CatalogFixture.withFolder(["a.yaml": pattern("A")]) { folder in
      try #require(mkfifo(folder + "/b.yaml", 0o600) == 0)
      try #require(mkfifo(folder + "/pipe", 0o600) == 0)
      let issues = Catalog.read(paths: [folder]).issues
      #expect(issues.map(\.message) == ["is neither a file nor a folder"])
      #expect(issues.map(\.file) == [folder + "/b.yaml"])
      #expect(throws: CatalogError.self) { try Catalog.load(folder) }
    }
  }

  @Test(arguments: [String(repeating: "[", count: 50_000), String(repeating: "{a: ", count: 50_000)])
  func endlessNestingIsOneClearError(text: String) throws {
    try CatalogFixture.withFolder(["a.yaml": "title: \(text)"]) { folder in
      let issues = Catalog.read(paths: [folder]).issues
      #expect(issues.map(\.message) == ["has lists or mappings within one another without end"])
    }
  }

  @Test func linksAreFollowedWithinTheFolderOnly() throws {
    try CatalogFixture.withFolder(["patterns/.data/a.yaml": pattern("A"), "outside.yaml": pattern("O"), "dir/x.yaml": pattern("X")])
    { folder in
      func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/patterns/\(name)", withDestinationPath: target)
      }
      try link("a.yaml", to: ".data/a.yaml")
      #expect(try Catalog.load(folder + "/patterns").patterns.map(\.id.rawValue) == ["a"])
      try link("loop", to: ".")
      #expect(try Catalog.load(folder + "/patterns").patterns.count == 1)
      try link("b.yaml", to: "../outside.yaml")
      try link("c.yaml", to: "nowhere")
      let messages = Catalog.read(paths: [folder + "/patterns"]).issues.map(\.message)
      #expect(
        messages == [
          "is a link that leads out of the folder", "is a link that leads nowhere", "is a link to a folder and is not followed",
        ])
    }
  }
}
