/// Builds a zip byte by byte (PKWARE's APPNOTE), honest or not.
package struct ZipBuilder {
  package struct Entry {
    package var name: [UInt8]
    /// What stands in the archive.
    package var stored: [UInt8]
    package var method: UInt16
    package var crc: UInt32
    package var size: Int
    /// Bit 0: encrypted; bit 3: sizes follow the data; bit 11: the name is UTF-8.
    package var flags: UInt16 = 0
    package var isZip64 = false
    /// Offset in the table of contents, if it is to lie.
    package var claimedOffset: Int?

    /// An entry that isn't compressed.
    package init(_ name: String, _ text: [UInt8]) {
      self.name = Array(name.utf8)
      stored = text
      method = 0
      crc = ZipBuilder.crc32(text)
      size = text.count
    }

    /// An entry with a deflate stream.
    package init(_ name: String, deflated: [UInt8], of text: [UInt8]) {
      self.init(name, text)
      stored = deflated
      method = 8
    }

    package func with(_ change: (inout Entry) -> Void) -> Entry {
      var entry = self
      change(&entry)
      return entry
    }
  }

  private var bytes: [UInt8] = []
  private var table: [UInt8] = []
  private var count = 0

  package init() {}

  package static func archive(_ entries: [Entry]) -> [UInt8] {
    var builder = ZipBuilder()
    for entry in entries { builder.add(entry) }
    return builder.finish()
  }

  package mutating func add(_ entry: Entry) {
    let offset = entry.claimedOffset ?? bytes.count
    let sizesFollow = entry.flags & 8 != 0
    let sizes = ZipBuilder.le(entry.size, 8) + ZipBuilder.le(entry.stored.count, 8)
    let extra = entry.isZip64 ? ZipBuilder.le(1, 2) + ZipBuilder.le(16, 2) + sizes : []
    let fixed = { (known: Bool) -> [UInt8] in
      ZipBuilder.le(known ? Int(entry.crc) : 0, 4)
        + ZipBuilder.le(entry.isZip64 ? 0xFFFF_FFFF : known ? entry.stored.count : 0, 4)
        + ZipBuilder.le(entry.isZip64 ? 0xFFFF_FFFF : known ? entry.size : 0, 4)
        + ZipBuilder.le(entry.name.count, 2) + ZipBuilder.le(extra.count, 2)
    }
    let versionToTime =
      ZipBuilder.le(45, 2) + ZipBuilder.le(Int(entry.flags), 2) + ZipBuilder.le(Int(entry.method), 2) + [0, 0, 0x21, 0x50]
    bytes += [0x50, 0x4B, 3, 4] + versionToTime + fixed(!sizesFollow) + entry.name + extra + entry.stored
    if sizesFollow {
      bytes += [0x50, 0x4B, 7, 8] + ZipBuilder.le(Int(entry.crc), 4)
      bytes += ZipBuilder.le(entry.stored.count, 4) + ZipBuilder.le(entry.size, 4)
    }
    table += [0x50, 0x4B, 1, 2] + ZipBuilder.le(45, 2) + versionToTime + fixed(true)
    table += ZipBuilder.le(0, 2) + ZipBuilder.le(0, 2) + ZipBuilder.le(0, 2) + ZipBuilder.le(0, 4) + ZipBuilder.le(offset, 4)
    table += entry.name + extra
    count += 1
  }

  package func finish() -> [UInt8] {
    bytes + table + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + ZipBuilder.le(count & 0xFFFF, 2) + ZipBuilder.le(count & 0xFFFF, 2)
      + ZipBuilder.le(table.count, 4) + ZipBuilder.le(bytes.count, 4) + [0, 0]
  }

  private static func le(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// CRC-32 as in ISO 3309, bit by bit.
  package static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }
}
