/// Bytes that are looked for before an expression is tried.
package struct Literal: Hashable, Sendable {
  /// UTF-8, always of whole characters where they are not cut; small letters where case is ignored.
  package var bytes: [UInt8]
  /// Whether the letters of ASCII match in either case. Never so if there are none.
  package var ignoreCase: Bool
  /// Whether the bytes lie at the start of the segment in every match that this literal stands for.
  package var anchoredAtStart: Bool

  package init(_ bytes: [UInt8], ignoreCase: Bool = false, anchoredAtStart: Bool = false) {
    let folds = ignoreCase && bytes.contains { $0.isASCIILetter }
    self.bytes = folds ? bytes.map { $0.asciiLowercased } : bytes
    self.ignoreCase = folds
    self.anchoredAtStart = anchoredAtStart
  }

  /// The longest literal that is kept: of a longer one the filter would compare a part only, and gain nothing from the rest.
  package static let longest = 32
  /// The filter's q-grams have four bytes; what is searched by fewer would be found too often to be worth it.
  package static let shortest = 4

  /// Nothing: what every text begins and ends with.
  static let empty = Literal([])

  /// The text with another behind it.
  ///
  /// Where only one ignores case, both then do: that finds more, never less.
  func followed(by next: Literal) -> Literal {
    Literal(
      bytes + next.bytes, ignoreCase: ignoreCase || next.ignoreCase,
      anchoredAtStart: anchoredAtStart || (bytes.isEmpty && next.anchoredAtStart))
  }

  /// Part of the literal. It is where the literal is only if it begins with it.
  func part(_ range: Range<Int>) -> Literal {
    guard range != bytes.indices else { return self }
    return Literal(
      Array(bytes[range]), ignoreCase: ignoreCase, anchoredAtStart: anchoredAtStart && range.lowerBound == 0)
  }

  func prefix(_ count: Int) -> Literal { part(0..<min(count, bytes.count)) }
  func suffix(_ count: Int) -> Literal { part(max(0, bytes.count - count)..<bytes.count) }

  /// What is looked for to find it: at the start of a segment there is a newline before it. This is how long a literal is to whoever asks
  /// whether, or in which way, it can be searched by.
  package var searchedBytes: [UInt8] { anchoredAtStart ? [UInt8(ascii: "\n")] + bytes : bytes }

  /// Whether a segment may hold it: none holds a newline.
  package var fitsSegment: Bool { !bytes.contains(UInt8(ascii: "\n")) }

  /// For people: in quotation marks, and what isn't printable or no UTF-8 by its numbers.
  package var quoted: String { Self.quoted(bytes) }

  /// Likewise part of a literal, or a literal with a newline before it.
  package static func quoted(_ bytes: [UInt8]) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return "\"" + bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    }
    return "\"" + text.unicodeScalars.map { $0 == "\"" || $0.value < 0x20 ? $0.escaped(asASCII: false) : String($0) }.joined()
      + "\""
  }

  /// Whether the text holds the literal as its claim says: at its start if it is anchored, else anywhere.
  package func occurs(in text: some Collection<UInt8>) -> Bool {
    let text = Array(text)
    guard bytes.count <= text.count else { return false }
    for start in 0...(anchoredAtStart ? 0 : text.count - bytes.count) where matches(text, at: start) { return true }
    return false
  }

  private func matches(_ text: [UInt8], at start: Int) -> Bool {
    for index in bytes.indices {
      let byte = text[start + index]
      guard (ignoreCase ? byte.asciiLowercased : byte) == bytes[index] else { return false }
    }
    return true
  }

  /// Whether every text that holds the other literal holds this one.
  func isImplied(by other: Literal) -> Bool {
    guard ignoreCase || !other.ignoreCase else { return false }
    let text = ignoreCase ? other.bytes.map { $0.asciiLowercased } : other.bytes
    if anchoredAtStart { return other.anchoredAtStart && text.starts(with: bytes) }
    return occurs(in: text)
  }
}

extension UInt8 {
  var isASCIILetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
  var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }
  var asciiLowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
}
