import ArgumentParser
import Foundation
import Model
import Store

/// `culprit session`: who is logged in.
struct Session: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "People who are logged in: list, end.",
    discussion: "Example: culprit session end ada",
    subcommands: [SessionList.self, SessionEnd.self])
}

/// `culprit session list`.
struct SessionList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List who is logged in, the latest use first.", discussion: "Example: culprit session list")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let sessions = try await Workplace.open(settings) { try await $0.store.sessions() }
    guard !sessions.isEmpty else {
      global.note("nobody is logged in")
      return
    }
    func day(_ seconds: Double) -> String { CalendarDay(secondsSince1970: seconds).description }
    var table = Table([.left, .left, .left, .left, .left])
    table.add(["LOGIN", "ROLE", "BY", "SINCE", "LAST USED"])
    for session in sessions {
      table.add([
        Style.inert(session.login), session.role.rawValue, Style.inert(session.entry), day(session.createdAt), day(session.usedAt),
      ])
    }
    for line in table.lines() { Output.line(line) }
  }
}

/// `culprit session end`.
struct SessionEnd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "Log a person out everywhere, at once.",
    discussion: """
      What people belong to at GitHub is asked for when they log in: who has left since keeps the role until the session ends.

      Example: culprit session end ada
      """)

  @Argument(help: "The login, in whatever case.") var login: String
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let (login, who) = (login, Person.name)
    let ended = try await Workplace.open(settings) { try await $0.store.endSessions(of: login, who: who) }
    guard ended > 0 else {
      throw Failure("\(Style.inert(login)) is not logged in", hint: "`culprit session list` tells who is")
    }
    global.note("\(ended == 1 ? "1 session" : "\(ended) sessions") of \(Style.inert(login)) ended")
  }
}
