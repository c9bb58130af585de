/// Asks the stored index of one log, of which it reads only the pages that it needs. Not shared between threads.
package struct GramIndexReader: ~Copyable {
  private let seal: GramIndex.Seal
  private let fileSize: Int
  private let bits: Int
  private let read: (_ offset: Int, _ into: UnsafeMutableRawBufferPointer) -> Int
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: GramPages.pageBytes, alignment: 64)
  private var loaded = 0
  /// Whether a page turned out to be none: the index is to be made anew.
  package private(set) var isBroken = false

  /// - Parameters:
  ///   - fileSize: in bytes.
  ///   - read: fills a buffer with the file's bytes from an offset on and says how many there were.
  /// - Returns: nil if this is no index of that log and engine.
  package init?(
    _ seal: GramIndex.Seal, fileSize: Int, read: @escaping (_ offset: Int, _ into: UnsafeMutableRawBufferPointer) -> Int
  ) {
    self.seal = seal
    self.fileSize = fileSize
    self.read = read
    bits = (GramPages.mapSize(fileSize: fileSize) ?? 0) * 8
    guard bits > 0, load(0) else { return nil }
  }

  deinit { buffer.deallocate() }

  /// Whether the log may hold a match of one of the query's patterns. Never false if it does; true if the index is broken.
  package mutating func mayMatch(_ query: GramQuery) -> Bool {
    for pattern in query.patterns {
      guard let alternatives = pattern else { return true }
      for hashes in alternatives where holds(hashes) { return true }
    }
    return isBroken
  }

  /// Whether all runs may occur. There is no telling of a literal that is too short to have any.
  private mutating func holds(_ hashes: [UInt32]) -> Bool {
    for hash in hashes where !holds(hash) { return false }
    return true
  }

  private mutating func holds(_ hash: UInt32) -> Bool {
    let place = Gram.place(hash, bits: bits)
    let byte = place >> 3
    guard load(byte / GramPages.mapBytes) else { return true }
    return buffer[byte % GramPages.mapBytes] & (1 << UInt8(place & 7)) != 0
  }

  private mutating func load(_ page: Int) -> Bool {
    if isBroken { return false }
    if loaded == page + 1 { return true }
    let offset = page * GramPages.pageBytes
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(GramPages.pageBytes, fileSize - offset)])
    loaded = page + 1
    isBroken =
      read(offset, part) != part.count || !GramPages.isSealed(UnsafeRawBufferPointer(part), seal, page: page, fileSize: fileSize)
    return !isBroken
  }
}
