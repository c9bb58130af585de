extension LiteralCase {
  /// As a file: what isn't printable ASCII, and the percent sign, as two hexadecimal digits behind a percent sign.
  package var text: String {
    let flags = [ignoreCase ? "ignore-case" : nil, literal ? "literal" : nil].compactMap(\.self)
    return """
      expression: \(Self.escaped(Array(expression.utf8)))
      flags: \(flags.joined(separator: " "))
      subject: \(Self.escaped(subject))

      """
  }

  /// Nil if the text isn't that of a case.
  package init?(text: String) {
    var fields: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...]
      fields[line[..<colon]] = value.first == " " ? value.dropFirst() : value
    }
    guard let expression = fields["expression"], let subject = fields["subject"] else { return nil }
    let flags = fields["flags"]?.split(separator: " ") ?? []
    self.init(
      expression: String(decoding: Self.unescaped(expression), as: UTF8.self), ignoreCase: flags.contains("ignore-case"),
      literal: flags.contains("literal"), subject: Self.unescaped(subject))
  }

  private static func escaped(_ bytes: [UInt8]) -> String {
    bytes.reduce(into: "") { text, byte in
      if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "%") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
  }

  private static func unescaped(_ text: Substring) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        result.append(byte)
        continue
      }
      rest = rest.dropFirst(2)
      result.append(value)
    }
    return result
  }
}
