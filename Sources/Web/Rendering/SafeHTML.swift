import Mustache

/// How text gets into a page.
///
/// The templates' own escaping goes by characters as people see them, in which a quotation mark with a combining accent is another
/// character than a quotation mark, and so is left as it is. A browser goes by code points: the mark would end the attribute. So
/// this goes by bytes, which no combination can hide anything from.
///
/// Controls of the text's direction are shown instead of obeyed: a line of a log must not rearrange what stands around it.
struct SafeHTML: MustacheContentType {
  func escapeText(_ text: String) -> String { Self.escape(text) }

  static func escape(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || special[Int($0)] }) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 64)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "&": bytes += "&amp;".utf8
      case "\"": bytes += "&quot;".utf8
      case "'": bytes += "&#39;".utf8
      case "\t", "\n": bytes.append(UInt8(scalar.value))
      // Controls have no meaning in HTML; their pictures do.
      case "\u{0}"..."\u{1F}": bytes += String(UnicodeScalar(0x2400 + scalar.value)!).utf8
      case "\u{7F}": bytes += "\u{2421}".utf8
      case "\u{80}"..."\u{9F}": bytes += "\u{FFFD}".utf8
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{200E}", "\u{200F}", "\u{61C}":
        bytes += "\u{FFFD}".utf8
      default: bytes += UTF8.encode(scalar)!
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Bytes that may begin something to be replaced.
  private static let special: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in "<>&\"'".utf8 { table[Int(byte)] = true }
    // C2: U+0080 and the like; E2: U+2000 and the like; D8: U+061C.
    table[0x7F] = true
    table[0xC2] = true
    table[0xE2] = true
    table[0xD8] = true
    return table
  }()
}
