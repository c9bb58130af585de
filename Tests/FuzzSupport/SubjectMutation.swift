/// Changes a text a little: cases, their far relatives, bytes that are no UTF-8, surroundings.
enum SubjectMutation {
  private static let partners: [(String, String)] = [
    ("k", "\u{212A}"), ("s", "ſ"), ("K", "\u{212A}"), ("S", "ſ"), ("i", "İ"), ("é", "É"), ("ss", "ß"),
  ]

  static func apply(to text: inout [UInt8], _ random: inout SplitMix64) {
    if random.once(in: 2) { changeCases(&text, &random) }
    if random.once(in: 4) { replaceByPartner(&text, random.pick(partners)) }
    for _ in 0..<random.pick([0, 0, 0, 1, 2]) { change(&text, &random) }
    if random.once(in: 3) { text = Array(random.pick(["x", " ", "\u{1B}", "é", "a", "foo ", "\r"]).utf8) + text }
    if random.once(in: 3) { text += Array(random.pick(["x", " ", ".", "é", "\n"]).utf8) }
  }

  private static func changeCases(_ text: inout [UInt8], _ random: inout SplitMix64) {
    let all = random.once(in: 2)
    for index in text.indices where (text[index] | 0x20) &- UInt8(ascii: "a") < 26 && (all || random.once(in: 4)) {
      text[index] ^= 0x20
    }
  }

  private static func replaceByPartner(_ text: inout [UInt8], _ pair: (String, String)) {
    let old = Array(pair.0.utf8)
    let new = Array(pair.1.utf8)
    var result: [UInt8] = []
    var at = 0
    while at < text.count {
      if text[at...].starts(with: old) {
        result += new
        at += old.count
      } else {
        result.append(text[at])
        at += 1
      }
    }
    text = result
  }

  private static func change(_ text: inout [UInt8], _ random: inout SplitMix64) {
    let at = random.below(text.count + 1)
    switch random.below(4) {
    case 0 where at < text.count: text.remove(at: at)
    case 1: text.insert(random.pick([0x80, 0xC3, 0xFF, 0xE2, 0xED]), at: at)
    case 2: text.insert(random.pick(Array("aks \n0-#".utf8)), at: at)
    default: if at < text.count { text[at] = random.pick(Array("aKs b1".utf8)) }
    }
  }
}
