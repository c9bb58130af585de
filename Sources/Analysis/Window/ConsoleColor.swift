/// A colour as a terminal's output names it.
package enum ConsoleColor: Sendable, Equatable {
  /// One of the 256 of xterm's palette: 0–7 the plain ones, 8–15 the bright ones, 16–231 a cube of 6×6×6, 232–255 greys.
  case palette(UInt8)
  case rgb(UInt8, UInt8, UInt8)

  /// Red, green and blue of a palette colour from 16 on, by xterm's table; nil for the first 16, which are the reader's own.
  package static func components(ofPalette index: UInt8) -> (red: UInt8, green: UInt8, blue: UInt8)? {
    switch index {
    case 0..<16: return nil
    case 16..<232:
      let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
      let cell = Int(index) - 16
      return (levels[cell / 36], levels[cell / 6 % 6], levels[cell % 6])
    default:
      let grey = 8 + 10 * (index - 232)
      return (grey, grey, grey)
    }
  }
}
