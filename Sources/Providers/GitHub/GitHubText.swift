import Foundation

/// Values of GitHub's JSON that are text there and more than that here. Each is checked where it is read.
enum GitHubText {
  /// A name that people gave: of a job, a workflow, a branch.
  ///
  /// Whoever opens a pull request chooses them, so they are bounded, and NUL, which PostgreSQL can't hold, is replaced.
  struct Name: Decodable, Sendable {
    /// Most bytes of UTF-8, far above GitHub's own limits.
    static let longest = 1_000

    let text: String

    init(_ text: String) {
      let whole = text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
      self.text = BoundedText.bytes(whole, atMost: Self.longest)
    }

    init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
  }

  /// A full object name: SHA-1 or SHA-256 in hexadecimal.
  struct Commit: Decodable, Sendable, Equatable {
    /// In lower case.
    let text: String

    init?(_ text: String) {
      let lower = text.lowercased()
      guard lower.utf8.count == 40 || lower.utf8.count == 64,
        lower.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
      else { return nil }
      self.text = lower
    }

    init(from decoder: any Decoder) throws {
      guard let commit = Self(try decoder.singleValueContainer().decode(String.self)) else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no object name"))
      }
      self = commit
    }
  }

  /// `owner/name`, of the characters that GitHub allows.
  struct Repository: Decodable, Sendable {
    let text: String

    init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, text.utf8.count <= 256,
        parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.allSatisfy(Self.isAllowed) })
      else { return nil }
      self.text = text
    }

    init(from decoder: any Decoder) throws {
      guard let repository = Self(try decoder.singleValueContainer().decode(String.self)) else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no owner/name"))
      }
      self = repository
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
  }

  /// A moment in ISO 8601, with or without fractions of a second.
  struct Time: Decodable, Sendable {
    /// Since 1970-01-01 00:00 UTC.
    let seconds: Double

    init?(_ text: String) {
      let date =
        (try? Date(text, strategy: .iso8601))
        ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
      guard let date else { return nil }
      seconds = date.timeIntervalSince1970
    }

    init(from decoder: any Decoder) throws {
      guard let time = Self(try decoder.singleValueContainer().decode(String.self)) else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no time"))
      }
      self = time
    }

    /// `2026-01-02T03:04:05Z`, as GitHub's parameters want it.
    static func format(_ seconds: Double) -> String { Date(timeIntervalSince1970: seconds).formatted(.iso8601) }
  }

  /// A link that people may follow: http or https, at most 2,048 bytes; anything else reads as nil.
  struct Link: Decodable, Sendable {
    let text: String?

    /// In lower case.
    let host: String?

    init(_ text: String) {
      guard text.utf8.count <= 2_048, !text.utf8.contains(0), let parts = URLComponents(string: text),
        let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http", let host = parts.host, !host.isEmpty
      else {
        self.text = nil
        self.host = nil
        return
      }
      self.text = text
      self.host = host.lowercased()
    }

    init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
  }
}
