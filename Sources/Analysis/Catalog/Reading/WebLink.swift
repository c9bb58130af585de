/// Links that a page may show as such.
enum WebLink {
  /// Whether the text is an absolute http or https address, with a host and without anything that could end the link early.
  static func isValid(_ text: String) -> Bool {
    let lowered = text.lowercased()
    guard let scheme = ["https://", "http://"].first(where: lowered.hasPrefix) else { return false }
    let rest = text.dropFirst(scheme.count)
    guard let first = rest.unicodeScalars.first, first.properties.isAlphabetic || ("0"..."9").contains(first) || first == "["
    else { return false }
    return rest.unicodeScalars.allSatisfy {
      $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace && !"\"<>\\^`{|}".unicodeScalars.contains($0)
    }
  }
}
