/// A bound on how much a YAML text can grow by its aliases, found without parsing it.
///
/// Aliases are refused node by node once the text is parsed, but a parser that compares keys may already have walked
/// through billions of nodes by then ("billion laughs").
enum AliasExpansion {
  /// Whether aliases could make the text grow to more than 64 MiB.
  ///
  /// Each `*name` is taken to stand for everything since the last `&name`: an anchored node begins at its anchor and
  /// must end before it can be referred to, so that this is never less than the truth. What looks like an alias within
  /// a quoted text counts as well, which only matters if a file has very many of them.
  static func isTooLarge(_ bytes: [UInt8]) -> Bool {
    var total = 0
    var totalAtAnchor: [ArraySlice<UInt8>: Int] = [:]
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), index == 0 || mayPrecede(bytes[index - 1]) else {
        total += 1
        index += 1
        continue
      }
      let name = bytes[(index + 1)...].prefix(while: isName)
      if byte == UInt8(ascii: "&") {
        totalAtAnchor[name] = total
      } else if let before = totalAtAnchor[name] {
        total += total - before
      }
      guard total < 64 << 20 else { return true }
      total += 1 + name.count
      index += 1 + name.count
    }
    return false
  }

  private static func mayPrecede(_ byte: UInt8) -> Bool {
    byte <= UInt8(ascii: " ") || "[]{},:?-!".utf8.contains(byte)
  }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
