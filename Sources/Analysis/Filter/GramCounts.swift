/// How often each four bytes occur in a text.
///
/// An open table, as `GramTable` is, but one that is counted in, and of slots half as large: it is asked about each four bytes of each
/// literal before a scan can start.
struct GramCounts: Sendable {
  private struct Slot: BitwiseCopyable, Sendable {
    var gram: UInt32 = 0
    /// 0 in a slot that is free.
    var count: UInt32 = 0
  }

  /// A power of two of them, half of them free at least, so that every search comes to an end. Never freed: texts are counted once.
  private let slots: FixedTable<Slot>
  private let mask: Int

  init(_ text: [UInt8]) {
    var size = 64
    while size < 2 * text.count { size *= 2 }
    slots = FixedTable(repeating: Slot(), count: size)
    mask = size - 1
    for end in text.indices.dropFirst(3) {
      let gram = Self.gram(text[end - 3...end])
      let slot = slot(of: gram)
      slot.pointee.gram = gram
      slot.pointee.count += 1
    }
  }

  /// - Parameter gram: the first byte lowest.
  subscript(gram: UInt32) -> UInt32 { slot(of: gram).pointee.count }

  static func gram(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }

  /// The gram's slot, or the free one that would be.
  private func slot(of gram: UInt32) -> UnsafeMutablePointer<Slot> {
    var index = Int((gram &* 0x9E37_79B1) >> 12) & mask
    // `index` is masked to the size of the table.
    while slots.base[index].count > 0, slots.base[index].gram != gram { index = (index + 1) & mask }
    return slots.base + index
  }
}
