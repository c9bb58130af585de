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
    /// How often a byte of each class is to be expected; 1 and more is always.
    var weights = [Float](repeating: 0, count: ShortClasses.positions)
  }

  /// - Parameter literals: as they lie from the looked-for 4-gram on.
  init(_ literals: [FilterLiteral.Key], rarity: GramRarity) {
    self.rarity = rarity
    let nothing = Bucket()
    // The frequent ones first: they decide what the buckets are like.
    let byFrequency = literals.map(Self.members).map { (members: $0, frequency: frequency(of: nothing, with: $0)) }
    for literal in byFrequency.sorted(by: { $0.frequency > $1.frequency }) { add(literal.members) }
  }

  /// The bytes that a literal may have at each position; none where it has ended, and any byte may be.
  private static func members(of literal: FilterLiteral.Key) -> [[UInt8]] {
    (0..<positions).map { position in
      guard position < literal.bytes.count else { return [] }
      let byte = literal.bytes[position]
      return literal.ignoreCase && byte.isASCIILetter ? [byte, byte & ~0x20] : [byte]
    }
  }

  private mutating func add(_ members: [[UInt8]]) {
    if buckets.count < Self.mostBuckets {
      buckets.append(Bucket())
      join(buckets.count - 1, members)
      return
    }
    var best = 0
    var least = Float.infinity
    for index in buckets.indices {
      let increase = frequency(of: buckets[index], with: members) - frequency(of: buckets[index], with: nil)
      if increase < least {
        best = index
        least = increase
      }
    }
    join(best, members)
  }

  /// How often all classes of a bucket are to be expected to hold, once it has a literal more.
  private func frequency(of bucket: Bucket, with members: [[UInt8]]?) -> Float {
    var product: Float = 1
    for position in 0..<Self.positions {
      let weight = members.map { self.weight(of: bucket, position, with: $0[position]) } ?? bucket.weights[position]
      product *= min(weight, 1)
    }
    return product
  }

  private func weight(of bucket: Bucket, _ position: Int, with members: [UInt8]) -> Float {
    members.isEmpty
      ? 1
      : members.reduce(bucket.weights[position]) {
        bucket.classes[position][Int($1)] ? $0 : $0 + rarity.frequency(of: $1)
      }
  }

  private mutating func join(_ index: Int, _ members: [[UInt8]]) {
    for position in 0..<Self.positions {
      buckets[index].weights[position] = weight(of: buckets[index], position, with: members[position])
      if members[position].isEmpty {
        buckets[index].classes[position] = Array(repeating: true, count: 256)
      } else {
        for byte in members[position] { buckets[index].classes[position][Int(byte)] = true }
      }
    }
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
