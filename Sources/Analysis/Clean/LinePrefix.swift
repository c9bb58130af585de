/// What providers put before the text of a line: a byte-order mark at the start of the log, a time, and GitLab's stream marker.
enum LinePrefix {
  /// Longest prefix that is looked for: mark, time with nine digits and its space, stream marker.
  static let longest = 3 + 31 + 4

  /// Bytes at the start of a line that are not its text.
  static func length(_ text: UnsafeRawBufferPointer, isLogStart: Bool) -> Int {
    var at = 0
    if isLogStart, text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { at = 3 }
    let time = timeLength(text, from: at)
    guard time > 0 else { return at }
    at += time
    return at + streamMarkerLength(text, from: at)
  }

  /// Whether a provider's time is among those bytes.
  static func hasTime(_ text: UnsafeRawBufferPointer, isLogStart: Bool) -> Bool { length(text, isLogStart: isLogStart) > 3 }

  /// `YYYY-MM-DDThh:mm:ss.` + 6 to 9 digits + `Z `: 28 to 31 bytes; 0 if there is none.
  private static func timeLength(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let shape: StaticString = "dddd-dd-ddTdd:dd:dd.dddddd"
    guard text.count >= start + shape.utf8CodeUnitCount + 2 else { return 0 }
    for index in 0..<shape.utf8CodeUnitCount {
      let wanted = shape.utf8Start[index]
      let byte = text[start + index]
      if wanted == UInt8(ascii: "d") ? !isDigit(byte) : byte != wanted { return 0 }
    }
    var at = start + shape.utf8CodeUnitCount
    var moreDigits = 0
    while moreDigits < 3, at < text.count, isDigit(text[at]) {
      at += 1
      moreDigits += 1
    }
    guard at + 1 < text.count, text[at] == UInt8(ascii: "Z"), text[at + 1] == UInt8(ascii: " ") else { return 0 }
    return at + 2 - start
  }

  /// Stream number in two hexadecimal digits, `O` or `E`, and a space, or `+` for a continued line.
  private static func streamMarkerLength(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard text.count >= start + 4, isHexDigit(text[start]), isHexDigit(text[start + 1]) else { return 0 }
    guard text[start + 2] == UInt8(ascii: "O") || text[start + 2] == UInt8(ascii: "E") else { return 0 }
    guard text[start + 3] == UInt8(ascii: " ") || text[start + 3] == UInt8(ascii: "+") else { return 0 }
    return 4
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
  private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6 }
}
