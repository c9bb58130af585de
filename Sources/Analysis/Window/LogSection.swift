/// What a line says of the steps that a log is divided into, in the words of the providers that write such lines.
///
/// GitHub and Azure: `##[group]title` and `##[endgroup]`. GitLab: `section_start:TIME:name` and `section_end:TIME:name`, the title in the
/// line's next segment. Travis: `travis_fold:start:name` and `travis_fold:end:name`, likewise. Buildkite: `--- title`, `~~~ title` (closed)
/// and `+++ title` (open), each up to the next one; `^^^ +++` opens the one that it stands in.
package enum LogSection {
  package enum Mark: Sendable, Equatable {
    /// - Parameters:
    ///   - name: what an `end` calls it by; empty where ends have no names.
    ///   - title: empty if the line's next segment is the title, or the line has none.
    case begin(name: String, title: String, isOpen: Bool)
    case end(name: String)
    /// Ends the heading before it, if there is one, and begins a section that only another heading ends.
    case heading(title: String, isOpen: Bool)
    /// The heading that it stands in is to be open.
    case openHeading
  }

  /// Longest name or title that is kept, in bytes.
  private static let longestTitle = 300

  static func mayBegin(with byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "#"), UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "-"), UInt8(ascii: "~"), UInt8(ascii: "+"),
      UInt8(ascii: "^"):
      true
    default: false
    }
  }

  /// - Parameter segment: the cleaned text of a segment, or the beginning of it.
  package static func mark(of segment: ArraySlice<UInt8>) -> Mark? {
    // Most lines are none of these, which their first byte tells.
    switch segment.first {
    case UInt8(ascii: "#"):
      if let title = rest(of: segment, after: "##[group]") { return .begin(name: "", title: text(title), isOpen: false) }
      if rest(of: segment, after: "##[endgroup]") != nil { return .end(name: "") }
    case UInt8(ascii: "s"):
      if let fields = rest(of: segment, after: "section_start:") {
        return gitLab(fields) { name, isOpen in .begin(name: name, title: "", isOpen: isOpen) }
      }
      if let fields = rest(of: segment, after: "section_end:") { return gitLab(fields) { name, _ in .end(name: name) } }
    case UInt8(ascii: "t"):
      if let name = rest(of: segment, after: "travis_fold:start:") { return .begin(name: text(name), title: "", isOpen: false) }
      if let name = rest(of: segment, after: "travis_fold:end:") { return .end(name: text(name)) }
    case UInt8(ascii: "-"): if let title = rest(of: segment, after: "--- ") { return .heading(title: text(title), isOpen: false) }
    case UInt8(ascii: "~"): if let title = rest(of: segment, after: "~~~ ") { return .heading(title: text(title), isOpen: false) }
    case UInt8(ascii: "+"): if let title = rest(of: segment, after: "+++ ") { return .heading(title: text(title), isOpen: true) }
    case UInt8(ascii: "^"): if rest(of: segment, after: "^^^ +++") != nil { return .openHeading }
    default: break
    }
    return nil
  }

  /// `TIME:name` or `TIME:name[collapsed=true]`.
  private static func gitLab(_ fields: ArraySlice<UInt8>, _ make: (_ name: String, _ isOpen: Bool) -> Mark) -> Mark? {
    guard let colon = fields.prefix(24).firstIndex(of: UInt8(ascii: ":")), colon != fields.startIndex,
      fields[..<colon].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    let name = fields[(colon + 1)...]
    let bracket = name.prefix(longestTitle).firstIndex(of: UInt8(ascii: "[")) ?? name.endIndex
    return make(text(name[..<bracket]), !text(name[bracket...]).contains("collapsed=true"))
  }

  private static func rest(of segment: ArraySlice<UInt8>, after prefix: StaticString) -> ArraySlice<UInt8>? {
    let wanted = UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
    return segment.starts(with: wanted) ? segment.dropFirst(wanted.count) : nil
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix(longestTitle), as: UTF8.self).trimmingSpaces()
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(self[first...last])
  }
}
