import Analysis
import Foundation
import LogArchive
import LogSource
import Pipeline
import Postgres
import Providers
import Store

/// Why a command ends without success: one line, and a hint at what to do about it.
struct Failure: Error {
  var message: String
  var hint: String?
  var code: Int32

  init(_ message: String, hint: String? = nil, code: Int32 = 2) {
    self.message = message
    self.hint = hint
    self.code = code
  }

  /// Nil for errors that the argument parser has its own words for.
  init?(describing error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as PostgresError: self.init(error.description, hint: Self.hint(for: error))
    case let error as MigrationError: self.init(error.description, hint: error.hint)
    case let error as ClusterError: self.init(error.description, hint: error.hint)
    case let error as StoreError: self.init(error.description, hint: error.hint)
    case let error as ArchiveError: self.init(error.description, hint: error.hint)
    case let error as LogSourceError: self.init(error.description, hint: error.hint)
    case let error as ManifestLine.Problem: self.init(error.description, hint: "docs/importing.md lists the fields of a manifest")
    case let error as ManifestConflict: self.init(error.description, hint: error.hint)
    case let error as CatalogError:
      self.init(error.description, hint: "nothing was changed; `culprit patterns check` tells more")
    case let error as ScanProgram.CompileError: self.init(error.description, hint: "`culprit patterns check` tells more")
    case let error as ProviderError:
      self.init(
        error.description, hint: error.hint ?? (error.isTransient ? "it may pass: run the command again, and it goes on" : nil))
    case let error as BackfillStage.Busy:
      self.init(error.description, hint: "it goes on by itself; run this again later", code: 3)
    case is CancellationError:
      self.init("stopped", hint: "what is done is kept; the same command goes on from there", code: 130)
    default: return nil
    }
  }

  /// A command line that can't be understood, in the parser's words. Nil where it has none, as of a bare exit code.
  init?(usage error: any Error) {
    func lines(_ text: String) -> [String] {
      text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
    let message = lines(Culprit.message(for: error)).joined(separator: " ")
    guard !message.isEmpty else { return nil }
    let hint = lines(Culprit.fullMessage(for: error)).first { $0.hasPrefix("See '") }
    self.init(message, hint: hint.map { "see" + $0.dropFirst(3) })
  }

  private static func hint(for error: PostgresError) -> String? {
    if case .connecting = error.kind, error.sqlState == nil {
      return error.hint ?? "is the server running, and does DATABASE_URL (or PGHOST, PGPORT) lead to it?"
    }
    // A refusal, too, is a connection that isn't there, but it doesn't pass by itself.
    switch error.sqlState?.rawValue {
    case "28P01", "28000": return "check user and password in DATABASE_URL (or PGUSER, PGPASSWORD, ~/.pgpass)"
    case "3D000": return "create the database (createdb), or mend its name in DATABASE_URL"
    case "42P01": return "this database has no tables of culprit: run `culprit migrate`"
    case "42501": return "the database user lacks a right that culprit needs; let it own the database"
    case "53100": return "the database's disk is full: make room and run the command again"
    default:
      return error.isConnectionLost
        ? "nothing is lost: run the command again once the database is back, and it goes on" : error.hint
    }
  }

  /// Prints the line and its hint to standard error.
  /// To standard error. A message can hold names that others gave, and the terminal must not take these for its own.
  func print() {
    let lines = ["culprit: " + message] + (hint.map { ["  hint: " + $0] } ?? [])
    for line in lines { Output.error(line.split(separator: "\n").map { Style.inert(String($0)) }.joined(separator: "\n")) }
  }
}
