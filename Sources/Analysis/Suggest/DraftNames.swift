/// Names and titles for pattern files that nobody has named yet.
enum DraftNames {
  /// A file's name made of words: `no-space-left-on-device`.
  static func slug(_ text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    var name = ""
    for word in words where name.count + word.count < 50 { name += (name.isEmpty ? "" : "-") + word }
    return name.isEmpty ? "failure" : name
  }

  /// The wish, or with a number behind it if it is taken.
  static func unused(_ wish: String, in taken: Set<String>, joint: String, _ form: (String) -> String) -> String {
    var number = 1
    var result = wish
    while taken.contains(form(result)) {
      number += 1
      result = "\(wish)\(joint)\(number)"
    }
    return result
  }
}
