import CScanKernels

/// What lies where the q-grams of literals do, some bytes more than the kernels look at: `culprit_nearby`.
///
/// Refuses nothing that a literal lies at, since each place of each literal is entered, by bytes that the literal has.
struct NearbyBytes: Sendable {
  private let map = FixedTable<UInt32>(repeating: 0, count: 1 << (CULPRIT_NEARBY_BITS - 5))

  func deallocate() { map.deallocate() }

  /// - Parameters:
  ///   - folded: a literal of 7 bytes or more.
  ///   - offset: where its q-gram is.
  func enterSampled(_ folded: [UInt8], at offset: Int, width: Int) {
    if width == 8 {
      enter(CULPRIT_EIGHT, folded[offset..<offset + 8])
    } else if offset + 4 < folded.count {
      enter(CULPRIT_FOUR_AND_NEXT, folded[offset..<offset + 5])
    } else {
      enter(CULPRIT_FOUR_AND_BEFORE, folded[offset - 1..<offset + 4])
    }
  }

  /// - Parameter folded: a literal of 4 to 6 bytes.
  func enterShort(_ folded: [UInt8], at offset: Int) {
    if offset + 4 < folded.count {
      enter(CULPRIT_SHORT_AND_NEXT, folded[offset..<offset + 5])
    } else {
      enter(CULPRIT_SHORT, folded[offset..<offset + 4])
    }
  }

  private func enter(_ kind: culprit_nearby, _ bytes: ArraySlice<UInt8>) {
    let bit = culprit_nearby_bit(kind, bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    map.base[Int(bit >> 5)] |= 1 << (bit & 31)
  }

  /// Those of `count` sampled hits that are not refused, moved to the front.
  func keepSampled(_ hits: UnsafeMutablePointer<UInt32>, _ count: Int, in text: UnsafePointer<UInt8>) -> Int {
    culprit_keep_sampled(map.base, text, hits, count)
  }

  func keepShorts(_ hits: UnsafeMutablePointer<UInt32>, _ count: Int, in text: UnsafePointer<UInt8>) -> Int {
    culprit_keep_shorts(map.base, text, hits, count)
  }
}
