import Model

/// How a pattern's id comes from its path below the pattern folder.
enum PatternPath {
  static let endings = [".yaml", ".yml"]
  /// The folder that ids are relative to, when only a part of it is looked at.
  static let folderName = "patterns"

  /// The path without its ending; nil if the file is no pattern file by its name.
  static func withoutEnding(_ path: String) -> String? {
    guard let ending = endings.first(where: path.hasSuffix) else { return nil }
    return String(path.dropLast(ending.count))
  }

  /// The parts of a path that no id may have, each with a name to use instead.
  static func faults(in path: String) -> [(part: String, suggestion: String?)] {
    path.split(separator: "/", omittingEmptySubsequences: false).map(String.init).filter { !isPart($0) }.map {
      ($0, suggestion(for: $0))
    }
  }

  /// `[a-z0-9]+(-[a-z0-9]+)*`
  private static func isPart(_ part: String) -> Bool {
    part.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isLetterOrDigit) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// The part in small letters with a hyphen for whatever else it holds, and one before each capital of `camelCase`.
  private static func suggestion(for part: String) -> String? {
    var result: [UInt8] = []
    var previous: Character = "-"
    for character in part {
      if character.isUppercase, previous.isLowercase || previous.isNumber { result.append(UInt8(ascii: "-")) }
      let lowered = Array(character.lowercased().utf8)
      if lowered.count == 1, isLetterOrDigit(lowered[0]) {
        result += lowered
      } else {
        result.append(UInt8(ascii: "-"))
      }
      previous = character
    }
    let name = result.split(separator: UInt8(ascii: "-")).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    return name.isEmpty ? nil : name
  }
}
