/// How a terminal shows text: what "select graphic rendition" sequences (ECMA-48, 8.3.117; colours by ITU-T T.416) have come to.
package struct ConsoleStyle: Sendable, Equatable {
  package var foreground: ConsoleColor?
  package var background: ConsoleColor?
  package var isBold = false
  package var isFaint = false
  package var isItalic = false
  package var isUnderlined = false
  package var isStruck = false
  /// Foreground and background change places.
  package var isInverse = false

  package init() {}

  package var isPlain: Bool { self == ConsoleStyle() }

  /// Takes in the parameters of one sequence, `1;31` for instance. What isn't known is passed over; private ones (`?…`, `>…`) are none.
  package mutating func select(_ parameters: [UInt8]) {
    if let first = parameters.first, (UInt8(ascii: "<")...UInt8(ascii: "?")).contains(first) { return }
    // `38;2;r;g;b` is how most write it, `38:2::r:g:b` how the standard does.
    let groups = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { group in
      group.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(Self.number)
    }
    var rest = groups[...]
    while let group = rest.popFirst() {
      let code = group.first.flatMap { $0 } ?? 0
      guard code == 38 || code == 48 else {
        // `4:0` is no underline, other kinds of it are underlines.
        if code == 4, group.count > 1 { isUnderlined = group[1] != 0 } else { apply(code) }
        continue
      }
      let colour: ConsoleColor?
      if group.count > 1 {
        colour = Self.color(subparameters: group.dropFirst())
      } else {
        colour = Self.color(taking: &rest)
      }
      guard let colour else { continue }
      if code == 38 { foreground = colour } else { background = colour }
    }
  }

  private mutating func apply(_ code: Int) {
    switch code {
    case 0: self = ConsoleStyle()
    case 1: isBold = true
    case 2: isFaint = true
    case 3: isItalic = true
    case 4, 21: isUnderlined = true
    case 7: isInverse = true
    case 9: isStruck = true
    case 22: (isBold, isFaint) = (false, false)
    case 23: isItalic = false
    case 24: isUnderlined = false
    case 27: isInverse = false
    case 29: isStruck = false
    case 30...37: foreground = .palette(UInt8(code - 30))
    case 39: foreground = nil
    case 40...47: background = .palette(UInt8(code - 40))
    case 49: background = nil
    case 90...97: foreground = .palette(UInt8(code - 90 + 8))
    case 100...107: background = .palette(UInt8(code - 100 + 8))
    default: break
    }
  }

  /// The colour whose parameters follow `38` or `48`, separated by semicolons.
  private static func color(taking rest: inout ArraySlice<[Int?]>) -> ConsoleColor? {
    switch rest.popFirst()?.first ?? nil {
    case 5:
      return palette(rest.popFirst()?.first ?? nil)
    case 2:
      let components = (0..<3).map { _ in rest.popFirst()?.first ?? nil }
      return rgb(components)
    default: return nil
    }
  }

  /// The colour in what follows `38:` or `48:`; before the components there may be the id of a colour space.
  private static func color(subparameters: ArraySlice<Int?>) -> ConsoleColor? {
    switch subparameters.first ?? nil {
    case 5: return palette(subparameters.dropFirst().first ?? nil)
    case 2:
      let components = subparameters.dropFirst()
      return rgb(Array(components.count > 3 ? components.dropFirst().prefix(3) : components))
    default: return nil
    }
  }

  private static func palette(_ index: Int?) -> ConsoleColor? {
    UInt8(exactly: index ?? 0).map { .palette($0) }
  }

  private static func rgb(_ components: [Int?]) -> ConsoleColor? {
    guard components.count == 3 else { return nil }
    let bytes = components.compactMap { UInt8(exactly: $0 ?? 0) }
    return bytes.count == 3 ? .rgb(bytes[0], bytes[1], bytes[2]) : nil
  }

  /// A missing number is nil, as is one that no parameter has.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 4 else { return digits.isEmpty ? nil : Int.max }
    return digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
  }
}
