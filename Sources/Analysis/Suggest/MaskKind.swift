/// What a piece of a line is, where it says nothing of what went wrong: another run has another one there.
package enum MaskKind: String, Sendable, Hashable, CaseIterable {
  case time, uuid, url, address, host, path, ip, hash, duration, number
  /// What stands between quotes; the quotes themselves stay text.
  case quoted
  /// A name that sets lines apart which are equal otherwise.
  case name

  /// The PCRE2 expression that a draft has in its place. It matches every value that is masked as this kind.
  ///
  /// Its repetitions are bounded, and possessive where they can't take what comes next, so that no line takes it long.
  /// - Parameter next: the character that follows in the line; for `.quoted` the quote that ends it. Nil at the end.
  func expression(before next: Character?) -> String {
    let goesOn = next.map(mayTake) ?? false
    let (head, set, bounds) = parts(before: next)
    return "\(head)[\(set)]{\(bounds)}\(goesOn ? "" : "+")"
  }

  /// What comes first, the characters of the last repetition, and how many of them there are.
  private func parts(before next: Character?) -> (head: String, set: String, bounds: String) {
    switch self {
    case .time: ("", #"\d:T.,/Z+-"#, "5,40")
    case .uuid: ("", "0-9a-fA-F-", "36")
    case .url: ("[a-z][a-z0-9+.-]{1,20}://", #"^\s'"`<>()"#, "1,300")
    case .address: ("0x", "0-9a-fA-F", "1,32")
    // A server and its port.
    case .host: ("", #"\w.:-"#, "4,300")
    case .path: ("(?:[A-Za-z]:)?", #"\w.@+~=/\\-"#, "1,300")
    case .ip: ("", #"\d.:"#, "7,21")
    case .hash: ("", "0-9a-f", "7,64")
    case .duration: (#"[\d.,]{1,20}\s?"#, "a-zµ", "1,7")
    case .number: (#"\d"#, #"\d.,:kKMGTPibB"#, "0,30")
    case .quoted: ("", "^\(next.map(String.init) ?? "'")", "1,200")
    case .name: ("", #"\w.@/+-"#, "1,200")
    }
  }

  /// Whether the last repetition could take the character, too.
  private func mayTake(_ character: Character) -> Bool {
    let isWord = character.isLetter || character.isNumber || character == "_"
    return switch self {
    case .time: character.isNumber || ":T.,/Z+-".contains(character)
    case .uuid: character.isHexDigit || character == "-"
    case .url: !(character.isWhitespace || "'\"`<>()".contains(character))
    case .address, .hash: character.isHexDigit
    case .host: isWord || ".:-".contains(character)
    case .path: isWord || ".@+~=/\\-".contains(character)
    case .ip: character.isNumber || ".:".contains(character)
    case .duration: character.isLetter
    case .number: character.isNumber || ".,:kKMGTPibB".contains(character)
    case .quoted: false
    case .name: isWord || ".@/+-".contains(character)
    }
  }

  /// What its capture is called; nil for what is only noise.
  var capture: String? {
    switch self {
    case .path: "path"
    case .url: "url"
    case .host: "host"
    case .quoted, .name: "name"
    default: nil
    }
  }

  /// Whether two failures with different values are different failures, as far as can be told from the kind alone.
  var groups: Bool { self == .path || self == .quoted || self == .name }
}
