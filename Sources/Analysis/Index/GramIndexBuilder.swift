import Glibc
import PCRE2

/// Makes the index of a log while it is scanned. Not shared between threads.
package final class GramIndexBuilder {
  private let wordCount: Int
  private let words: UnsafeMutablePointer<UInt64>
  private var scratch: UnsafeMutablePointer<UInt8>
  private var room = 0
  /// CPU time that the index has taken, which is no cost of the patterns.
  package private(set) var nanoseconds = 0
  /// What may be read behind the folded text.
  private static let slack = 8

  /// - Parameter rawBytes: size of the raw log.
  /// - Returns: nil if a log of that size has no index.
  package init?(rawBytes: Int) {
    guard let count = GramIndex.words(rawBytes: rawBytes) else { return nil }
    wordCount = count
    words = .allocate(capacity: count)
    words.initialize(repeating: 0, count: count)
    scratch = .allocate(capacity: Self.slack)
  }

  deinit {
    words.deallocate()
    scratch.deallocate()
  }

  /// Takes cleaned segments with newlines between them. Runs of bytes that hold a newline are in no segment.
  func add(_ text: UnsafePointer<UInt8>, count: Int) {
    let began = Matcher.threadNanoseconds()
    defer { nanoseconds += Int(Matcher.threadNanoseconds() - began) }
    if count > room { makeRoom(count) }
    let folded = scratch
    for index in 0..<count { folded[index] = Gram.folded(text[index]) }
    let map = Map(words: words, bits: wordCount * 64)
    var start = 0
    while start < count {
      // The search ends within the `count` bytes that were folded.
      let newline = memchr(folded + start, 0x0A, count - start)
      let end = newline.map { UnsafeRawPointer($0) - UnsafeRawPointer(folded) } ?? count
      map.addSegment(UnsafeRawPointer(folded + start), end - start)
      start = end + 1
    }
  }

  private func makeRoom(_ count: Int) {
    scratch.deallocate()
    room = count
    scratch = .allocate(capacity: count + Self.slack)
    (scratch + count).initialize(repeating: 0, count: Self.slack)
  }

  /// The bits that are set, by value: the loop over every byte must not look at the object.
  private struct Map {
    let words: UnsafeMutablePointer<UInt64>
    let bits: Int

    @inline(__always) func addSegment(_ text: UnsafeRawPointer, _ count: Int) {
      var at = 0
      // A word of eight bytes from any place in the text ends within the slack.
      while at + Gram.long <= count {
        let word = (text + at).loadUnaligned(as: UInt64.self)
        set(Gram.longHash(word))
        set(Gram.shortHash(word))
        at += 1
      }
      while at + Gram.short <= count {
        set(Gram.shortHash((text + at).loadUnaligned(as: UInt64.self)))
        at += 1
      }
    }

    /// The place is below the number of bits, for a hash has 32.
    @inline(__always) private func set(_ hash: UInt32) {
      let place = Gram.place(hash, bits: bits)
      words[place &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: place & 63)
    }
  }

  /// The index as it is stored.
  package func finish(_ seal: GramIndex.Seal) -> [UInt8] {
    var map = Array(UnsafeBufferPointer(start: words, count: wordCount))
    // A log that says the same again and again needs less room.
    while map.count % 2 == 0, map.count > 64, map.reduce(0, { $0 + $1.nonzeroBitCount }) < map.count * 8 {
      map = Self.halved(map)
    }
    return GramPages.sealed(map, seal)
  }

  /// Each two neighbouring bits made one.
  private static func halved(_ map: [UInt64]) -> [UInt64] {
    var half = [UInt64](repeating: 0, count: map.count / 2)
    for (index, word) in map.enumerated() {
      var rest = word
      while rest != 0 {
        let place = (index * 64 + rest.trailingZeroBitCount) / 2
        half[place >> 6] |= 1 << UInt64(place & 63)
        rest &= rest - 1
      }
    }
    return half
  }
}
