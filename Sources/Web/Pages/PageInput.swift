import Foundation
import Hummingbird
import Model

/// What a page or an action is asked for, read and checked.
struct PageInput: Sendable {
  enum Value: Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    /// Seconds since 1970, and how it was given.
    case moment(Double, String)
    case cursor(Cursor)
  }

  let backend: Backend
  let viewer: Viewer
  /// The path as people see it, without `/api/v1`.
  let path: String
  /// The query as it was given: what links to the same page with one thing changed are made of.
  let query: [String: String]
  /// Seconds since 1970 at which the request is answered.
  let now: Double
  private var values: [String: Value]
  /// What was given, and by which role: inputs of one page with the same question are answered alike.
  let question: String
  /// What a cursor belongs to: the page with all that was given, but for where it begins and how long it is.
  private let list: String

  /// - Parameter given: what was given, by name; names that are not declared are `unknown`.
  /// - Throws: `WebError` for the first value that is missing or wrong.
  init(
    _ parameters: [Parameter], given: [String: String], backend: Backend, viewer: Viewer, path: String, query: [String: String]
  ) throws {
    self.backend = backend
    self.viewer = viewer
    self.path = path
    self.query = query
    now = backend.now()
    var values: [String: Value] = [:]
    for parameter in parameters { values[parameter.name] = try parameter.read(given[parameter.name], now: now) }
    self.values = values
    let meant = given.filter { values[$0.key] != nil }
    question = Self.link(viewer.role.rawValue, meant)
    list = Self.link(path, meant.filter { $0.key != "cursor" && $0.key != "limit" })
    if let cursor { self.values["cursor"] = .cursor(try cursor.unmarked(list)) }
  }

  /// Nil where it isn't given, or is empty.
  func text(_ name: String) -> String? {
    switch values[name] {
    case .text(let text): text.isEmpty ? nil : text
    case .moment(_, let text): text
    default: nil
    }
  }

  func number(_ name: String) -> Int? { if case .number(let number) = values[name] { number } else { nil } }
  func flag(_ name: String) -> Bool { if case .flag(let flag) = values[name] { flag } else { false } }

  /// Seconds since 1970; what is before that begins with it, as no build does.
  func moment(_ name: String) -> Double? { if case .moment(let seconds, _) = values[name] { max(0, seconds) } else { nil } }
  var cursor: Cursor? { if case .cursor(let cursor) = values["cursor"] { cursor } else { nil } }
  var limit: Int { number("limit") ?? 50 }

  /// What leads to the next page of the list, behind a row.
  func next(after keys: [String]) -> String { Cursor(keys: keys).marked(list).text }
  var today: CalendarDay { CalendarDay(secondsSince1970: now) }

  /// The address of this page with some of the query changed. A changed query begins at the first row.
  ///
  /// - Parameter changes: by name; nil takes the parameter out.
  func link(_ changes: [String: String?]) -> String {
    var query = query
    query["cursor"] = nil
    for (name, value) in changes { query[name] = value }
    return Self.link(path, query)
  }

  /// The address of the page of the list that begins at a cursor, with all else the same.
  func page(_ cursor: String) -> String { link(["cursor": cursor]) }

  static func link(_ path: String, _ query: [String: String]) -> String {
    guard !query.isEmpty else { return path }
    return path + "?"
      + query.sorted { $0.key < $1.key }.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }.joined(separator: "&")
  }

  /// One part of a path, or a name or value of a query. All but unreserved characters (RFC 3986) are encoded.
  static func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "" }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
