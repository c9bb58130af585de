import Model

/// Titles with `${name}` in them, where the name is a capture's name or number.
package enum TitleTemplate {
  /// Longest title of a pattern and longest rendered title, in characters.
  package static let longestTitle = 200
  /// What stands for a capture that took no part in the match: something was left out here.
  package static let absent = "…"

  /// The title of one finding, on one line, at most `longestTitle` characters.
  ///
  /// Line breaks and control characters of captures become spaces. A capture that the finding doesn't have, or has empty,
  /// is shown as `absent`. Captured text isn't searched for `${` again.
  package static func render(_ title: String, captures: [Finding.Capture]) -> String {
    var result = ""
    for part in parts(of: title) {
      switch part {
      case .text(let text): result += text
      case .name(let name):
        let value = value(of: name, in: captures).map { OneLine.of($0) } ?? ""
        result += value.isEmpty ? absent : value
      }
    }
    return OneLine.of(result, atMost: longestTitle)
  }

  /// The names between `${` and `}`, in their order.
  package static func names(in title: String) -> [String] {
    parts(of: title).compactMap { if case .name(let name) = $0 { name } else { nil } }
  }

  /// The last capture of that name, else the one of that number, as `Finding.capture(_:)` has it.
  private static func value(of name: String, in captures: [Finding.Capture]) -> String? {
    (captures.last { $0.name == name } ?? captures.last { String($0.number) == name })?.value
  }

  private enum Part {
    case text(Substring)
    case name(String)
  }

  /// A `${` that no `}` follows is plain text.
  private static func parts(of title: String) -> [Part] {
    var parts: [Part] = []
    var rest = title[...]
    while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
      parts.append(.text(rest[..<open.lowerBound]))
      parts.append(.name(String(rest[open.upperBound..<close])))
      rest = rest[rest.index(after: close)...]
    }
    parts.append(.text(rest))
    return parts
  }
}
