import ArgumentParser
import Foundation
import Model
import Store

/// `culprit known`: failures that are nobody's change.
struct Known: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Known problems: add, list, resolve.",
    discussion: "Example: culprit known list",
    subcommands: [KnownAdd.self, KnownList.self, KnownResolve.self])
}

/// `culprit known add`.
struct KnownAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Say that certain jobs fail for a reason that is nobody's change.",
    discussion: """
      Covers failed builds of the jobs, on the branch and on pull requests into it, whose commit contains the first commit and not \
      the last. Statuses that were posted lately are computed again.

      Example: culprit known add --repository acme/engine --job 'linux*' --branch main --reason 'the mirror is down' --issue ENG-17
      """)

  @Option(help: "owner/name of the repository.") var repository: String
  @Option(help: "A job's name, with * for any text; may be given several times. Default: all jobs.") var job: [String] = []
  @Option(help: "The branch. Default: all.") var branch: String = ""
  @Option(help: ArgumentHelp("The first commit that has it, in full.", valueName: "commit")) var from: String?
  @Option(help: ArgumentHelp("The first commit that hasn't it any more, in full, or a date.", valueName: "commit|date")) var until:
    String?
  @Option(help: "Only failures that this pattern finds; may be given several times.") var pattern: [String] = []
  @Option(help: "Why; shown with every verdict that rests on it.") var reason: String
  @Option(help: "Where it is worked on.") var issue: String?

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else { throw Failure("--reason is empty", hint: "say why") }
    var problem = KnownProblem(
      repository: repository, jobs: job, branch: branch, fromCommit: try from.map { try Self.commit($0, "--from") },
      patterns: pattern.map { PatternID($0) }, reason: reason, issue: issue, who: Person.name)
    if let until {
      if let day = CalendarDay(until), let date = try? Date("\(day)T00:00:00Z", strategy: .iso8601) {
        problem.untilTime = date.timeIntervalSince1970
      } else {
        problem.untilCommit = try Self.commit(until, "--until")
      }
    }
    let entered = problem
    let id = try await Workplace.open(settings) { try await $0.store.add(entered) }
    Output.line("known problem \(id) is entered")
  }

  /// A whole object name: its place in the history is looked up at the code host.
  static func commit(_ text: String, _ option: String) throws -> String {
    let name = text.lowercased()
    guard name.count == 40 || name.count == 64, name.allSatisfy(\.isHexDigit) else {
      throw Failure("\(option) is \"\(text)\"", hint: "it must be a commit's full name of 40 hexadecimal digits (git rev-parse)")
    }
    return name
  }
}

/// `culprit known list`.
struct KnownList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List known problems, the newest first.", discussion: "Example: culprit known list --all")

  @Option(help: "owner/name of the repository.") var repository: String?
  @Flag(help: "Those that are resolved, too.") var all = false
  @Option(help: "How to print: text or json.") var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let (repository, all) = (repository, all)
    let problems = try await Workplace.open(settings) { try await $0.store.knownProblems(repository: repository, resolved: all) }
    for problem in problems {
      switch format {
      case .json: Output.line(Self.json(problem).text)
      case .text:
        let jobs = problem.jobs.isEmpty ? "all jobs" : problem.jobs.joined(separator: ", ")
        let state = problem.resolvedAt == nil ? "open" : "resolved"
        let branch = problem.branch.isEmpty ? "" : " on \(problem.branch)"
        Output.line(
          "\(problem.id) \(state): \(Style.inert("\(problem.repository): \(jobs)\(branch): \(problem.reason)"))"
            + (problem.issue.map { " (\(Style.inert($0)))" } ?? ""))
      }
    }
    if problems.isEmpty, format == .text { global.note("none") }
  }

  private static func json(_ problem: KnownProblem) -> JSONText {
    .object([
      ("id", .number(Int(problem.id))), ("repository", .string(problem.repository)),
      ("jobs", .array(problem.jobs.map { .string($0) })), ("branch", .string(problem.branch)),
      ("from", .optional(problem.fromCommit)), ("untilCommit", .optional(problem.untilCommit)),
      ("until", .optional(problem.untilTime.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) })),
      ("patterns", .array(problem.patterns.map { .string($0.rawValue) })), ("reason", .string(problem.reason)),
      ("issue", .optional(problem.issue)), ("who", .string(problem.who)),
      ("resolved", .optional(problem.resolvedAt.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) })),
    ])
  }
}

/// `culprit known resolve`.
struct KnownResolve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "End a known problem.",
    discussion: """
      From now on builds that finish are not covered; with --until, commits from that one on aren't.

      Example: culprit known resolve 3
      """)

  @Argument(help: "Its number.") var id: Int
  @Option(help: ArgumentHelp("The first commit that hasn't it any more, in full.", valueName: "commit")) var until: String?

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let commit = try until.map { try KnownAdd.commit($0, "--until") }
    let id = Int64(id)
    try await Workplace.open(settings) { try await $0.store.resolveKnownProblem(id, untilCommit: commit, who: Person.name) }
    Output.line("known problem \(id) is resolved")
  }
}

/// Who gives a command, for the audit trail.
enum Person {
  static var name: String {
    let environment = ProcessInfo.processInfo.environment
    return environment["CULPRIT_USER"] ?? environment["USER"] ?? environment["LOGNAME"] ?? "uid \(getuid())"
  }
}
