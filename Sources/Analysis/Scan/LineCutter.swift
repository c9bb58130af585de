/// Cuts one log into batches, at the ends of lines wherever a line isn't longer than a batch.
package struct LineCutter {
  /// What was read behind the last batch's end: the beginning of a line.
  private var rest: [UInt8] = []
  private var isLogStart = true
  /// Whether the last batch ended within a line.
  private var isMidLine = false

  /// Before the log's first byte.
  package init() {}

  /// Fills the next batch with what is there: as soon as there is a whole line, it waits for no more.
  /// - Parameter read: reads at least one byte; 0 at the end.
  /// - Returns: false, and an empty batch, at the end of the log.
  /// - Throws: what `read` throws. What was read before isn't lost: the next call goes on with it.
  package mutating func fill(_ batch: LineBatch, read: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Bool {
    defer { isLogStart = isLogStart && batch.bytes.isEmpty }
    try batch.fill({ try fill($0, read) }, isLogStart: isLogStart)
    return !batch.bytes.isEmpty
  }

  private mutating func fill(
    _ buffer: UnsafeMutableRawBufferPointer, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) rethrows -> (count: Int, isWhole: Bool) {
    buffer.copyBytes(from: rest)
    var count = rest.count
    rest.removeAll(keepingCapacity: true)
    while true {
      let more: Int
      do {
        more = try read(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      } catch {
        rest.append(contentsOf: buffer[..<count])
        throw error
      }
      // A last line without an ending isn't whole: only the scanner knows what to make of it.
      guard more > 0 else { return (count, false) }
      if let newline = buffer[count..<count + more].lastIndex(of: UInt8(ascii: "\n")) {
        rest.append(contentsOf: buffer[newline + 1..<count + more])
        defer { isMidLine = false }
        return (newline + 1, !isMidLine)
      }
      count += more
      if count == buffer.count || isMidLine {
        isMidLine = true
        return (count, false)
      }
    }
  }
}
