import Foundation
import Model
import Providers

/// A value that a request gives: in the path, in the query, or in a form. Declared once, it is read, checked and documented by that.
struct Parameter: Sendable {
  enum Place: Sendable { case path, query, form }

  enum Kind: Sendable {
    /// The name of a repository, branch, job or pattern: as long as one may be that is entered (`ManifestLine`).
    static let name = Kind.text(most: ManifestLine.longestText)
    /// A job's name, or that of its workflow, `/`, and the job's.
    static let job = Kind.text(most: 2 * ManifestLine.longestText + 1)

    /// - Parameter most: in code points, as JSON Schema counts.
    case text(most: Int)
    /// `owner/name`, which may have more parts.
    case repository
    /// An http or https address.
    case address(most: Int)
    case choice([String])
    case number(ClosedRange<Int>)
    /// `1`, `true` or `yes`; `0`, `false` or `no`; empty is no.
    case flag
    /// A moment as RFC 3339 has it, a day from now at most: clocks differ, but what claims to be of next year would lead lists until then.
    case time
    /// A commit's name, or the beginning of one, in hexadecimal digits.
    case commit(digits: ClosedRange<Int>)
    /// A commit's whole name, in lower case or not; empty is none.
    /// - Parameter orDay: whether it may be a day, too.
    case wholeCommit(orDay: Bool)
    /// A moment in the past: `14d`, `2026-01-31`, a time of RFC 3339.
    case since
    /// Where the page before ended; given by `next`.
    case cursor
  }

  let name: String
  let place: Place
  let kind: Kind
  /// What it does, for the API's description.
  let about: String
  /// What counts where it isn't given; nil: it may be missing.
  let usual: String?
  let isNeeded: Bool

  private init(_ name: String, _ place: Place, _ kind: Kind, _ about: String, usual: String? = nil, needed: Bool = false) {
    self.name = name
    self.place = place
    self.kind = kind
    self.about = about
    self.usual = usual
    isNeeded = needed
  }

  static func path(_ name: String, _ kind: Kind, _ about: String) -> Parameter { Parameter(name, .path, kind, about, needed: true) }

  static func query(_ name: String, _ kind: Kind, _ about: String, usual: String? = nil, needed: Bool = false) -> Parameter {
    Parameter(name, .query, kind, about, usual: usual, needed: needed)
  }

  static func form(_ name: String, _ kind: Kind, _ about: String, usual: String? = nil, needed: Bool = false) -> Parameter {
    Parameter(name, .form, kind, about, usual: usual, needed: needed)
  }

  /// How many rows a page of a list has.
  static let limit = query("limit", .number(1...200), "Rows of one page.", usual: "50")
  static let cursor = query("cursor", .cursor, "Where the page before ended, as its `next` says.")

  /// Reads what was given.
  ///
  /// - Throws: `WebError` that names the parameter and says what it must be.
  func read(_ given: String?, now: Double) throws -> PageInput.Value? {
    let text = given.flatMap { $0.isEmpty && !isText ? nil : $0 } ?? usual
    guard let text, !(isNeeded && text.allSatisfy(\.isWhitespace)) else {
      if isNeeded { throw wrong("is missing") }
      return nil
    }
    guard text.unicodeScalars.count <= longest else { throw wrong("is longer than \(longest) characters") }
    // PostgreSQL can't hold it, and no name has it.
    guard !text.utf8.contains(0) else { throw wrong("holds a NUL character") }
    switch kind {
    case .text: return .text(text)
    case .repository:
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count > 1, !parts.contains(where: { $0.allSatisfy(\.isWhitespace) }) else { throw wrong("must be owner/name") }
      return .text(text.trimmingCharacters(in: .whitespacesAndNewlines))
    case .address:
      guard text.isEmpty || Links.outside(text) != nil else { throw wrong("must be an http or https address") }
      return .text(text)
    case .choice(let choices):
      guard choices.contains(text) else { throw wrong("must be one of \(choices.joined(separator: ", "))") }
      return .text(text)
    case .number(let range):
      guard let number = Int(text), range.contains(number) else {
        throw wrong("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return .number(number)
    case .flag:
      guard let index = Self.flagWords.firstIndex(of: text) else {
        throw wrong("must be one of \(Self.flagWords.joined(separator: ", "))")
      }
      return .flag(index % 2 == 0)
    case .time:
      guard let time = Timestamp(text) else { throw wrong("must be a time such as 2026-01-02T03:04:05Z") }
      guard time.secondsSince1970 <= now + 86_400 else { throw wrong("is more than a day from now") }
      return .text(text)
    case .commit(let digits):
      guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
        throw wrong("must be a commit's name: \(digits.lowerBound) to \(digits.upperBound) hexadecimal digits")
      }
      return .text(text)
    case .wholeCommit(let orDay):
      let name = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
      guard
        name.isEmpty || orDay && CalendarDay(name) != nil || [40, 64].contains(name.utf8.count) && name.allSatisfy(\.isHexDigit)
      else { throw wrong("must be a commit's full name of 40 hexadecimal digits (git rev-parse)" + (orDay ? ", or a day" : "")) }
      return name.isEmpty ? nil : .text(name)
    case .since:
      guard let since = Since(text, now: now) else { throw wrong("must be like 14d, 12h, 2w or 2026-01-31") }
      return .moment(since.seconds, text)
    case .cursor:
      guard let cursor = Cursor(text) else { throw wrong("must be what `next` of the page before says") }
      return .cursor(cursor)
    }
  }

  /// Yes and no by turns.
  static let flagWords = ["true", "false", "1", "0", "yes", "no"]

  /// What a value of JSON is as a text that `read` takes.
  ///
  /// - Throws: `WebError` unless it has the type that the API's description tells.
  func text(of value: FormText.Scalar) throws -> String? {
    switch (kind, value) {
    case (_, .null): return nil
    case (.number, .number(let text)): return text
    case (.flag, .flag(let flag)): return String(flag)
    case (.number, _): throw wrong("must be a number")
    case (.flag, _): throw wrong("must be true or false")
    case (.text, .text(let text)), (.wholeCommit, .text(let text)): return text
    case (_, .text(let text)):
      guard !text.isEmpty else { throw wrong("is empty") }
      return text
    default: throw wrong("must be a text")
    }
  }

  private var longest: Int {
    switch kind {
    case .text(let most), .address(let most): most
    case .repository: ManifestLine.longestText
    default: 1_024
    }
  }
  private var isText: Bool { if case .text = kind { true } else { false } }

  private func wrong(_ what: String) -> WebError {
    WebError(place == .path ? .notFound : .badRequest, "\(name) \(what)", hint: about, field: name)
  }
}
