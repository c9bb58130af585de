import ArgumentParser
import Foundation

/// Whether and how text is coloured.
struct Style: Sendable {
  enum Mode: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, always, never }

  let isColoured: Bool

  init(_ mode: Mode, descriptor: Int32 = STDOUT_FILENO) {
    switch mode {
    case .always: isColoured = true
    case .never: isColoured = false
    case .auto:
      // https://no-color.org: any value but the empty one.
      let refused = !(ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
      isColoured = isatty(descriptor) == 1 && !refused && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }
  }

  func bold(_ text: String) -> String { wrap(text, "1") }
  func dim(_ text: String) -> String { wrap(text, "2") }
  func red(_ text: String) -> String { wrap(text, "1;31") }
  func green(_ text: String) -> String { wrap(text, "32") }
  func yellow(_ text: String) -> String { wrap(text, "33") }
  func magenta(_ text: String) -> String { wrap(text, "35") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// Text from a log, a pattern or a name, made safe for a terminal: control and direction characters become visible.
  static func inert(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isActive) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isActive(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Control and direction characters, with the separators of lines and paragraphs; not the tab.
  static func isActive(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09: false
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
    default: false
    }
  }
}
