import CScanKernels

/// Sorts literals of 4 to 6 bytes into the buckets of the short kernels.
///
/// A bucket has a class of bytes for each of six positions. Literals that share one are found wherever the classes of the bucket hold,
/// so each goes where it makes these hold the least more often.
struct ShortClasses {
  private var buckets: [Bucket] = []
  private let rarity: GramRarity

  private static let positions = CULPRIT_SHORT_BYTES
  private static let mostBuckets = 8 * CULPRIT_GROUPS

  /// The classes of some literals.
  private struct Bucket {
    /// Whether each byte is in the class of each position.
    var classes = Array(repeating: Array(repeating: false, count: 256), count: ShortClasses.positions)
    /// How often a byte of each class is to be expected.
    var weights = [Float](repeating: 0, count: ShortClasses.positions)

    var frequency: Float { weights.reduce(1, *) }
  }

  /// - Parameter literals: as they lie from the looked-for 4-gram on.
  init(_ literals: [FilterLiteral.Key], rarity: GramRarity) {
    self.rarity = rarity
    // The frequent ones first: they decide what the buckets are like.
    let byFrequency = literals.map { (key: $0, frequency: bucket(of: $0).frequency) }.sorted { $0.frequency > $1.frequency }
    for literal in byFrequency { add(literal.key) }
  }

  private mutating func add(_ literal: FilterLiteral.Key) {
    let alone = bucket(of: literal)
    if buckets.count < Self.mostBuckets {
      buckets.append(alone)
      return
    }
    var best = 0
    var least = Float.infinity
    for index in buckets.indices {
      let increase = joined(buckets[index], alone).frequency - buckets[index].frequency
      if increase < least {
        best = index
        least = increase
      }
    }
    buckets[best] = joined(buckets[best], alone)
  }

  private func bucket(of literal: FilterLiteral.Key) -> Bucket {
    var bucket = Bucket()
    for position in 0..<Self.positions {
      if position >= literal.bytes.count {
        bucket.classes[position] = Array(repeating: true, count: 256)
      } else {
        let byte = literal.bytes[position]
        bucket.classes[position][Int(byte)] = true
        if literal.ignoreCase, FilterLiteral.isLetter(byte) { bucket.classes[position][Int(byte & ~0x20)] = true }
      }
      bucket.weights[position] = weight(of: bucket.classes[position])
    }
    return bucket
  }

  private func joined(_ left: Bucket, _ right: Bucket) -> Bucket {
    var bucket = left
    for position in 0..<Self.positions {
      for byte in 0..<256 where right.classes[position][byte] { bucket.classes[position][byte] = true }
      bucket.weights[position] = weight(of: bucket.classes[position])
    }
    return bucket
  }

  private func weight(of bytes: [Bool]) -> Float {
    var sum: Float = 0
    for byte in 0..<256 where bytes[byte] { sum += rarity.frequency(of: UInt8(byte)) }
    return min(sum, 1)
  }

  /// Writes the kernels' tables.
  func write(to shorts: inout culprit_shorts) {
    shorts.groups = buckets.count > 8 ? 2 : 1
    withUnsafeMutableBytes(of: &shorts.bytes) { bytes in
      withUnsafeMutableBytes(of: &shorts.low) { low in
        withUnsafeMutableBytes(of: &shorts.high) { high in
          for (index, bucket) in buckets.enumerated() {
            let bit = UInt8(1) << (index % 8)
            for position in 0..<Self.positions {
              let table = index / 8 * Self.positions + position
              for byte in 0..<256 where bucket.classes[position][byte] {
                bytes[table * 128 + byte & 0x7F] |= bit
                low[table * 16 + byte & 0x0F] |= bit
                high[table * 16 + byte >> 4] |= bit
              }
            }
          }
        }
      }
    }
  }
}
