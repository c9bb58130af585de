import Foundation
import Testing
import TestSupport

/// What the program can do stands in the documentation.
@Suite struct DocumentationTests {
  private func text(_ file: String) throws -> String {
    try String(contentsOfFile: TestLedger.repositoryRoot + "/" + file, encoding: .utf8)
  }

  /// Every subcommand, by its full name, with its flags and options.
  private func commands() async throws -> [(name: String, flags: [String])] {
    let dump = try await Command.culprit(["--experimental-dump-help"]).output
    let tree = try #require(try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any])
    var result: [(String, [String])] = []
    func visit(_ command: [String: Any], _ path: String) {
      let name = path + (command["commandName"] as? String ?? "")
      let flags = (command["arguments"] as? [[String: Any]] ?? []).flatMap { argument in
        (argument["names"] as? [[String: Any]] ?? []).filter { $0["kind"] as? String == "long" }.compactMap {
          $0["name"] as? String
        }
      }
      result.append((name, flags))
      for sub in command["subcommands"] as? [[String: Any]] ?? [] where sub["commandName"] as? String != "help" {
        visit(sub, name + " ")
      }
    }
    visit(tree["command"] as? [String: Any] ?? [:], "")
    return result
  }

  @Test func everyCommandAndFlagStandsInTheCommandLineReference() async throws {
    let reference = try text("docs/cli.md")
    let commands = try await commands()
    #expect(commands.count > 15)
    for (name, flags) in commands {
      #expect(reference.contains(name), "docs/cli.md lacks `\(name)`")
      for flag in flags { #expect(reference.contains("--\(flag)"), "docs/cli.md lacks --\(flag) of `\(name)`") }
    }
  }

  @Test func everyCommandHasAnExample() async throws {
    for (name, _) in try await commands() {
      let help = try await Command.culprit(name.split(separator: " ").dropFirst().map(String.init) + ["--help"])
      #expect(help.status == 0)
      #expect(help.output.contains("Example: "), "`\(name)` has no example")
    }
  }

  @Test func everySettingStandsInTheConfigurationReference() async throws {
    let source = try text("Sources/culprit/Configuration/Setting.swift")
    let reference = try text("docs/configuration.md")
    let keys = source.matches(of: /case \.(\w+): "/).count
    let doctor = try await Command.culprit(["doctor", "--help"])
    #expect(doctor.status == 0)
    #expect(keys > 10)
    for match in source.matches(of: /\n  case (\w+)( = "([^"]+)")?/) {
      let key = String(match.output.3 ?? match.output.1)
      #expect(reference.contains("`\(key)`"), "docs/configuration.md lacks `\(key)`")
      let variable = "CULPRIT_" + key.uppercased().replacing("-", with: "_")
      #expect(reference.contains(variable), "docs/configuration.md lacks \(variable)")
    }
  }

  @Test func linksLeadToFiles() throws {
    let root = TestLedger.repositoryRoot
    var files = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "samples/README.md"]
    files += try FileManager.default.subpathsOfDirectory(atPath: root + "/docs").filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
    for file in files {
      for match in try text(file).matches(of: /\]\(([^)#:\s]+)(#[^)]*)?\)/) {
        let target = (root + "/" + file as NSString).deletingLastPathComponent + "/" + String(match.output.1)
        #expect(FileManager.default.fileExists(atPath: target), "\(file) links to \(match.output.1)")
      }
    }
  }
}
