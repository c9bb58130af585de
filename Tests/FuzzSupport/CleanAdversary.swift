/// Makes logs out of what is hard to clean.
package enum CleanAdversary {
  package static func log(_ random: inout SplitMix64) -> [UInt8] {
    var bytes: [UInt8] = []
    if random.once(in: 4) { bytes += [0xEF, 0xBB, 0xBF] }
    // What is hard among lines that are not, too: those are what is cleaned many at a time.
    let isCalm = random.once(in: 2)
    for _ in 0..<random.below(40) { bytes += isCalm && !random.once(in: 6) ? line(&random) : fragment(&random) }
    return bytes
  }

  private static func line(_ random: inout SplitMix64) -> [UInt8] {
    var line = random.once(in: 3) ? [] : Array("2024-02-29T01:02:03.1234567Z ".utf8)
    for _ in 0..<random.below(6) {
      if random.once(in: 3) { line += Array(random.pick(["\u{1B}[32m", "\u{1B}[0m", "\u{1B}_bk;t=17\u{7}", "\u{1B}(B"]).utf8) }
      line += Array(random.pick(["npm info ok", " ", "12", "E", "000", "✓", "2024-"]).utf8)
    }
    return line + [0x0A]
  }

  /// Sizes of chunks that a log of so many bytes comes in.
  package static func split(_ count: Int, _ random: inout SplitMix64) -> [Int] {
    let most = random.pick([1, 2, 3, 7, 64, 1_000, 5_000])
    var sizes: [Int] = []
    var sum = 0
    while sum < count {
      sizes.append(random.below(most + 1))
      sum += sizes[sizes.count - 1]
      if sizes.count > 4 * count { break }
    }
    return sizes
  }

  private static func fragment(_ random: inout SplitMix64) -> [UInt8] {
    switch random.below(22) {
    case 0...2: return Array(random.pick(texts).utf8)
    case 3...5: return Array(random.pick(sequences).utf8)
    case 6: return random.pick(invalid)
    case 7: return [0xC2, random.pick([0x90, 0x98, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0x85])]
    case 8: return [random.pick([0x1B, 0x9B, 0x9D, 0xC2, 0x00, 0x07, 0x5C, 0x7F])]
    case 9: return Array(repeating: 0x08, count: 1 + random.below(6))
    case 10: return Array(random.pick(["\r", "\r\r", "\r\r\n", "\r\n"]).utf8)
    case 11, 12: return [0x0A]
    case 13: return [0x0A] + time(&random)
    case 14: return time(&random)
    case 15: return introducer(&random)
    case 16: return introducer(&random) + Array(repeating: 0x78, count: 4_080 + random.below(24)) + random.pick(terminators)
    case 17: return introducer(&random) + Array(random.pick(texts).utf8) + introducer(&random) + random.pick(terminators)
    case 18: return (0..<random.below(12)).map { _ in UInt8(random.below(256)) }
    case 19, 20: return [0x0A] + interrupted(time(&random), &random) + Array(random.pick(texts).utf8)
    default: return Array(repeating: 0x79, count: random.below(300))
    }
  }

  private static func introducer(_ random: inout SplitMix64) -> [UInt8] {
    random.pick([
      [0x1B, 0x5D], [0x1B, 0x50], [0x1B, 0x5F], [0x1B, 0x5E], [0x1B, 0x58], [0x1B, 0x5B],
      [0xC2, 0x9D], [0xC2, 0x90], [0xC2, 0x9F], [0xC2, 0x9E], [0xC2, 0x98], [0xC2, 0x9B],
    ])
  }

  private static let terminators: [[UInt8]] = [[0x07], [0x1B, 0x5C], [0x0A], [0xC2, 0x9C], [], [0x0D, 0x07], [0x5C]]

  private static func time(_ random: inout SplitMix64) -> [UInt8] {
    let digits = String(repeating: "7", count: random.pick([5, 6, 6, 7, 7, 7, 8, 9, 9, 10]))
    let start = random.pick([
      "2024-02-29T01:02:03.", "2024-02-29T01:02:03.", "2024-02-29T01:02:03.", "2024-02-29 01:02:03.", "2024-02-2901:02:03.",
    ])
    let end = random.pick(["Z ", "Z ", "Z ", "Z ", "Z", "z ", "Z\t", "+00:00 "])
    let marker = random.pick(["", "", "", "00O ", "01E ", "00O+", "fFE+", "0gO ", "00X ", "00O"])
    return Array((start + digits + end + marker).utf8)
  }

  /// With sequences in its midst, before it or behind it.
  private static func interrupted(_ text: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = text
    for _ in 0...random.below(3) {
      let place = random.once(in: 3) ? random.pick([0, bytes.count]) : random.below(bytes.count + 1)
      let sequence =
        random.once(in: 8)
        ? [0x1B, 0x5B] + Array(repeating: 0x31, count: random.below(90)) + [0x6D] : Array(random.pick(sequences).utf8)
      bytes.insert(contentsOf: sequence, at: place)
    }
    return bytes
  }

  private static let texts = [
    "error: no such file", "ü€😀", "\u{301}", "a", " ", "##[group]Run", "section_start:1560896352:prepare\r\u{1B}[0K", "~~~ build",
    "travis_fold:start:x\r\u{1B}[0K", "50%\r100%", "日本語", "\t", "x\u{8}\u{8}\u{8}y", "\u{FEFF}", "\u{85}", "[31m", "\\",
  ]

  private static let sequences = [
    "\u{1B}[0m", "\u{1B}[31;1m", "\u{1B}[38:2::1:2:3m", "\u{1B}[?25l", "\u{1B}[K", "\u{1B}[", "\u{1B}[3", "\u{1B}[3 ", "\u{1B}[ q",
    "\u{1B}[3\r4m", "\u{1B}[3\n4m", "\u{1B}[3é", "\u{1B}[3\u{1B}[4m", "\u{1B}[ 3m", "\u{1B}[1;\u{8}m", "\u{9B}31m", "\u{9B}3",
    "\u{1B}]0;title\u{7}", "\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\", "\u{1B}]0;title", "\u{1B}]0;a\u{1B}[31mb\u{7}",
    "\u{1B}_bk;t=1\u{7}", "\u{1B}Pq#0\u{1B}\\", "\u{1B}^pm\u{1B}\\", "\u{1B}Xsos\u{1B}\\", "\u{1B}]\u{1B}]\u{1B}]", "\u{1B}]\\",
    "\u{1B}]\u{1B}\\",
    "\u{1B}(B", "\u{1B}#8", "\u{1B}%G", "\u{1B}7", "\u{1B}c", "\u{1B}=", "\u{1B}\u{1B}", "\u{1B}\u{1B}[m", "\u{1B}(", "\u{1B}( /",
    "\u{1B}\u{7F}", "\u{1B}é", "\u{1B}\u{8}", "\u{9D}0;t\u{7}", "\u{90}q\u{1B}\\", "\u{98}s\u{7}", "\u{9E}p\u{7}", "\u{9F}a\u{7}",
    "\u{1B}]0;\u{8}\u{8}x",
  ]

  private static let invalid: [[UInt8]] = [
    [0x80], [0xBF, 0xBF], [0xC2], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xFF], [0xFE, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0x80, 0x80, 0x80, 0x80, 0x80],
    [0xC2, 0xC2, 0x9B, 0x6D, 0x9B], [0xC2, 0x1B, 0x5B, 0x6D, 0x9B, 0x33, 0x31, 0x6D], [0xC2, 0x78, 0x08, 0x9D, 0x74, 0x07],
    [0xC2, 0x1B, 0x9D, 0x5C, 0x61], [0xC2, 0x0D, 0x9B, 0x41],
  ]
}
