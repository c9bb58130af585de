/// A language of regular expressions, as far as it differs from PCRE2 as Culprit compiles it.
package enum Dialect: String, Sendable, CaseIterable {
  case pcre2
  /// Rust's crate `regex`.
  case rust
  /// Go's package `regexp`, and RE2 itself.
  case go
  case java
  case python
  case dotnet
  case javascript

  /// What `\d`, `\w`, `\s` and `\b` stand for, as the inside of a class; nil: what PCRE2 takes them for.
  struct Classes {
    var digit: String?
    var word: String?
    var space: String?
  }

  /// By the manuals: `regex` 1.11 "Perl character classes", RE2 "Syntax", `java.util.regex.Pattern`, Python's `re`, .NET "Character
  /// classes in regular expressions", ECMA-262 22.2.2.9. PCRE2 without `UCP` takes all three for ASCII.
  var classes: Classes {
    let separators = #"\s\p{Z}\x{85}"#
    return switch self {
    case .pcre2, .java: Classes()
    case .go: Classes(space: #"\t\n\f\r "#)
    case .javascript: Classes(space: #"\s\p{Z}\x{FEFF}"#)
    case .rust: Classes(digit: #"\p{Nd}"#, word: #"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}"#, space: separators)
    case .python: Classes(digit: #"\p{Nd}"#, word: #"\p{L}\p{N}_"#, space: separators + #"\x1C-\x1F"#)
    case .dotnet: Classes(digit: #"\p{Nd}"#, word: #"\p{L}\p{Mn}\p{Nd}\p{Pc}"#, space: separators)
    }
  }

  /// Whether `[` within a class begins another one.
  var nestsClasses: Bool { self == .java || self == .rust }
  /// Whether `[[:alpha:]]` is the class of letters.
  var hasPOSIXClasses: Bool { self == .pcre2 || self == .go || self == .rust }
  var hasLookaround: Bool { self != .rust && self != .go }
  var hasPossessives: Bool { self == .java || self == .python || self == .pcre2 }
}
