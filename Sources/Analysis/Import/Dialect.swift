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
  /// .NET with `RegexOptions.ECMAScript`, as GitHub's runner has it for problem matchers: classes of ASCII, letters that may be escaped,
  /// and references that read digits as JavaScript does. All else is .NET's: options in the expression, `\A`, possessive groups.
  case dotnetECMAScript = "dotnet-ecmascript"
  /// Without flags.
  case javascript

  /// What `\d`, `\w`, `\s` and `\b` stand for, as the inside of a class; nil: what PCRE2 takes them for.
  struct Classes {
    var digit: String?
    var word: String?
    var space: String?
  }

  /// By the manuals: `regex` 1.11 "Perl character classes", RE2 "Syntax", `java.util.regex.Pattern`, Python's `re`, .NET "Character
  /// classes in regular expressions" and "ECMAScript matching behavior", ECMA-262 22.2.2.9. PCRE2 without `UCP` takes all three for ASCII.
  var classes: Classes {
    let separators = #"\s\p{Z}\x{85}"#
    return switch self {
    case .pcre2, .java, .dotnetECMAScript: Classes()
    case .go: Classes(space: #"\t\n\f\r "#)
    case .javascript: Classes(space: #"\s\p{Z}\x{FEFF}"#)
    case .rust: Classes(digit: #"\p{Nd}"#, word: #"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}"#, space: separators)
    case .python: Classes(digit: #"\p{Nd}"#, word: #"\p{L}\p{N}_"#, space: separators + #"\x1C-\x1F"#)
    case .dotnet: Classes(digit: #"\p{Nd}"#, word: #"\p{L}\p{Mn}\p{Nd}\p{Pc}"#, space: separators)
    }
  }

  /// Whether a character beyond U+FFFF is two of its characters.
  var hasHalfCharacters: Bool { self == .javascript || isDotnet }
  var isDotnet: Bool { self == .dotnet || self == .dotnetECMAScript }
  /// Whether `[` within a class begins another one.
  var nestsClasses: Bool { self == .java || self == .rust }
  /// Whether `[[:alpha:]]` is the class of letters.
  var hasPOSIXClasses: Bool { self == .pcre2 || self == .go || self == .rust }
  var hasLookaround: Bool { self != .rust && self != .go }
  var hasAtomicGroups: Bool { hasLookaround && self != .javascript }
  var hasPossessives: Bool { self == .java || self == .python || self == .pcre2 }
  var hasComments: Bool { self == .pcre2 || self == .python || isDotnet }
  /// Whether a group's name stands in `(?P<name>`, and whether in `(?<name>`.
  var namesByP: Bool { self == .pcre2 || self == .python || self == .rust || self == .go }
  var namesPlainly: Bool { self != .python }
  /// Whether `-` next to `\w` and the like stands for itself in a class: `[\w-.]`.
  var takesHyphenBesideClass: Bool { self == .javascript || self == .java || self == .go || isDotnet }
  /// Whether a letter that no escape begins with may be escaped for nothing.
  var escapesAnyLetter: Bool { self == .javascript || self == .dotnetECMAScript }
  /// Whether a reference to a group that took no part matches the empty text; elsewhere it matches nothing.
  var unsetGroupIsEmpty: Bool { escapesAnyLetter }
}
