import ArgumentParser
import Foundation
import Model
import Store
import Web

/// `culprit token`: what programs prove themselves by to the API.
struct Token: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tokens of the API: add, list, revoke.",
    discussion: "Example: culprit token add ci --scope logs --expires 365d",
    subcommands: [TokenAdd.self, TokenList.self, TokenRevoke.self])
}

/// `culprit token add`.
struct TokenAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Make a token, and print it, once: only its digest is kept.",
    discussion: """
      Scopes: read looks at everything; logs enters logs and nothing else; curate says what failures are; operate does everything.

      Example: culprit token add ci --scope logs --expires 365d
      """)

  @Argument(help: "A name, for people and the audit trail.") var name: String
  @Option(help: "What it may do: read, logs, curate or operate; may be given several times.") var scope: [String] = ["read"]
  @Option(help: ArgumentHelp("How long it is good for: 90d, 12h, 2w. Default: until it is revoked.", valueName: "time"))
  var expires: String?

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    guard !name.isEmpty, name.utf8.count <= 100, Style.inert(name) == name else {
      throw Failure("the name is empty, longer than 100 bytes, or has control characters")
    }
    var scopes: Set<AccessScope> = []
    for text in scope {
      guard let scope = AccessScope(rawValue: text) else {
        throw Failure(
          "--scope is \"\(text)\"", hint: "it must be one of \(AccessScope.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      scopes.insert(scope)
    }
    var seconds: Double?
    if let expires {
      guard let span = Since(expires, now: 0).map({ -$0.seconds }), span > 0 else {
        throw Failure("--expires is \"\(expires)\"", hint: "it must be like 90d, 12h or 2w")
      }
      seconds = span
    }
    let secret = Secret.random(prefix: Secret.tokenPrefix)
    let (wanted, lifetime, who, name) = (scopes, seconds, Person.name, name)
    let id = try await Workplace.open(settings) {
      try await $0.store.addToken(name: name, digest: secret.digest, scopes: wanted, seconds: lifetime, who: who)
    }
    global.note("token \(id); it is shown this once")
    Output.line(secret.text)
  }
}

/// `culprit token list`.
struct TokenList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the tokens, the newest first.", discussion: "Example: culprit token list")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let tokens = try await Workplace.open(settings) { try await $0.store.tokens() }
    guard !tokens.isEmpty else {
      global.note("there are no tokens; `culprit token add` makes one")
      return
    }
    let now = Date().timeIntervalSince1970
    func day(_ seconds: Double?) -> String { seconds.map { CalendarDay(secondsSince1970: $0).description } ?? "" }
    var table = Table([.right, .left, .left, .left, .left, .left, .left])
    table.add(["NUMBER", "NAME", "SCOPES", "STATE", "MADE", "BY", "LAST USED"])
    for token in tokens {
      let state =
        token.revokedAt.map { "revoked \(day($0))" }
        ?? token.expiresAt.map { $0 < now ? "expired \(day($0))" : "until \(day($0))" } ?? "in force"
      table.add([
        String(token.id), token.name, token.scopes.map(\.rawValue).sorted().joined(separator: " "), state, day(token.createdAt),
        token.createdBy, day(token.lastUsedAt),
      ])
    }
    for line in table.lines() { Output.line(line) }
  }
}

/// `culprit token revoke`.
struct TokenRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Take a token back, at once.", discussion: "Example: culprit token revoke 3")

  @Argument(help: "Its number, as `culprit token list` tells it.") var number: Int64
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let (number, who) = (number, Person.name)
    try await Workplace.open(settings) { try await $0.store.revokeToken(number, who: who) }
    global.note("token \(number) is revoked")
  }
}
