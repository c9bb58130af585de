/// An index as it is stored: pages of 4 KiB, the last one shorter, each of them sealed on its own. So a question reads the one or two
/// pages that it needs, and a file that a crash left half-written, or that a disk has damaged, is never believed.
///
/// A page is its part of the map, words of 64 bits, little-endian; then the seal: versions (32 bits each of index and engine) and a
/// checksum of all that, the digest, the page's number and the size of the whole.
package enum GramPages {
  /// Size of a page, seal included.
  package static let pageBytes = 4_096
  static let sealBytes = 16
  static let mapBytes = pageBytes - sealBytes

  static func sealed(_ map: [UInt64], _ seal: GramIndex.Seal) -> [UInt8] {
    let size = fileSize(mapBytes: map.count * 8)
    var file: [UInt8] = []
    file.reserveCapacity(size)
    let wordsPerPage = mapBytes / 8
    for (number, start) in stride(from: 0, to: map.count, by: wordsPerPage).enumerated() {
      var page: [UInt8] = []
      for word in map[start..<min(start + wordsPerPage, map.count)] { page.append(word) }
      page.append(versions(seal))
      page.append(page.withUnsafeBytes { checksum($0, seal, page: number, fileSize: size) })
      file += page
    }
    return file
  }

  private static func versions(_ seal: GramIndex.Seal) -> UInt64 {
    UInt64(GramIndex.version) << 32 | UInt64(UInt32(truncatingIfNeeded: seal.engine))
  }

  private static func fileSize(mapBytes size: Int) -> Int { size + (size + mapBytes - 1) / mapBytes * sealBytes }

  /// Bytes of the map in a file of that size; nil if no index has it.
  static func mapSize(fileSize: Int) -> Int? {
    let size = fileSize - (fileSize + pageBytes - 1) / pageBytes * sealBytes
    return size > 0 && size % 8 == 0 ? size : nil
  }

  /// Whether a page, which was read from a file of that size, is whole and belongs to the log.
  static func isSealed(_ page: UnsafeRawBufferPointer, _ seal: GramIndex.Seal, page number: Int, fileSize: Int) -> Bool {
    guard page.count > sealBytes, page.count % 8 == 0 else { return false }
    let body = UnsafeRawBufferPointer(rebasing: page[..<(page.count - 8)])
    // Both lie within the page.
    let found = UInt64(littleEndian: page.loadUnaligned(fromByteOffset: page.count - sealBytes, as: UInt64.self))
    let sum = UInt64(littleEndian: page.loadUnaligned(fromByteOffset: page.count - 8, as: UInt64.self))
    return found == versions(seal) && sum == checksum(body, seal, page: number, fileSize: fileSize)
  }

  /// Against accidents, not against enemies: a multiplication per word, whose upper half is folded back.
  private static func checksum(_ body: UnsafeRawBufferPointer, _ seal: GramIndex.Seal, page number: Int, fileSize: Int) -> UInt64 {
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
    func add(_ word: UInt64) {
      let product = (sum ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      sum = product.high ^ product.low &+ 0x9E37_79B9_7F4A_7C15
    }
    for offset in stride(from: 0, to: body.count, by: 8) {
      add(UInt64(littleEndian: body.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    for byte in seal.digest { add(UInt64(byte)) }
    add(UInt64(number))
    add(UInt64(fileSize))
    return sum
  }
}

extension [UInt8] {
  /// Eight bytes, little-endian.
  fileprivate mutating func append(_ word: UInt64) { Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) } }
}
