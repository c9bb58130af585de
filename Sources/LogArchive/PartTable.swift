/// Where the parts of a stored log lie: each is a zstd frame of its own, so that reading may begin with any of them.
///
/// The table stands behind the last part in two frames that other readers skip: the number of lines of each part, and the seek table of
/// "Zstandard Seekable Format" (version 0.1.0, zstd's contrib/seekable_format), which zstd's own tools read. A log of one part has none.
struct PartTable: Equatable {
  /// Raw bytes of every part but the last.
  static let partBytes = 1 << 20

  struct Part: Equatable {
    /// Compressed bytes.
    var stored = 0
    /// Raw bytes.
    var bytes = 0
    /// Newlines among them.
    var lines = 0
  }

  private(set) var parts: [Part] = []
  /// Compressed bytes of all parts.
  private(set) var stored = 0

  private static let linesNumber: UInt32 = 0xC
  private static let linesTag = Array("culprit lines 1\n".utf8)
  private static let seekNumber: UInt32 = 0xE
  private static let seekMagic: UInt32 = 0x8F92_EAB1
  private static let headerBytes = 8
  private static let footerBytes = 9

  mutating func append(_ part: Part) {
    parts.append(part)
    stored += part.stored
  }

  // MARK: - Writing

  /// The frames to be written behind the last part.
  var frames: [(number: UInt32, content: [UInt8])] {
    guard parts.count > 1 else { return [] }
    var lines = Self.linesTag
    var seeks: [UInt8] = []
    for part in parts {
      Self.append(part.lines, to: &lines)
      Self.append(part.stored, to: &seeks)
      Self.append(part.bytes, to: &seeks)
    }
    Self.append(parts.count, to: &seeks)
    seeks.append(0)  // descriptor: no checksums
    Self.append(Int(Self.seekMagic), to: &seeks)
    return [(Self.linesNumber, lines), (Self.seekNumber, seeks)]
  }

  private static func append(_ value: Int, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  // MARK: - Reading

  init() {}

  /// - Parameters:
  ///   - size: of the file.
  ///   - read: that many bytes from an offset on; nil if they aren't there.
  /// - Returns: nil if there is no table, or one that doesn't fit the file.
  init?(size: Int, read: (_ offset: Int, _ count: Int) -> [UInt8]?) {
    guard size > Self.footerBytes, let footer = read(size - Self.footerBytes, Self.footerBytes), footer[4] == 0,
      Self.number(footer, at: 5) == Int(Self.seekMagic)
    else { return nil }
    let count = Self.number(footer, at: 0)
    let seekBytes = Self.headerBytes + 8 * count + Self.footerBytes
    let lineBytes = Self.headerBytes + Self.linesTag.count + 4 * count
    let end = size - seekBytes - lineBytes
    guard count > 0, end > 0, let table = read(end, seekBytes + lineBytes),
      Self.number(table, at: 0) == 0x184D_2A50 + Int(Self.linesNumber),
      table[Self.headerBytes...].starts(with: Self.linesTag),
      Self.number(table, at: lineBytes) == 0x184D_2A50 + Int(Self.seekNumber)
    else { return nil }
    for index in 0..<count {
      let seek = lineBytes + Self.headerBytes + 8 * index
      append(
        Part(
          stored: Self.number(table, at: seek), bytes: Self.number(table, at: seek + 4),
          lines: Self.number(table, at: Self.headerBytes + Self.linesTag.count + 4 * index)))
    }
    guard stored == end else { return nil }
  }

  private static func number(_ bytes: [UInt8], at offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }
}
