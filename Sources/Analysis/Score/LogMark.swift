import Foundation

/// The line of a log that tells its failure, as a person marked it: a line of a `marks.jsonl`.
package struct LogMark: Sendable, Equatable, Decodable {
  /// The log's file, relative to the folder of the marks.
  package let log: String
  /// From 1, by `\n` in the raw log.
  package let line: Int
  /// The cleaned line, for people; empty if the mark doesn't say.
  package let text: String

  private enum CodingKeys: CodingKey { case log, line, text }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    log = try values.decode(String.self, forKey: .log)
    line = try values.decode(Int.self, forKey: .line)
    text = try values.decodeIfPresent(String.self, forKey: .text) ?? ""
    guard !log.isEmpty, line >= 1 else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "log or line is out of range"))
    }
  }

  /// A file of marks: JSON Lines. Members other than `log`, `line` and `text` are passed over.
  /// - Throws: `Malformed` with the first line that is no mark.
  package static func all(in file: Data) throws(Malformed) -> [LogMark] {
    var marks: [LogMark] = []
    for (index, line) in file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      guard let mark = try? JSONDecoder().decode(LogMark.self, from: Data(line)) else { throw Malformed(line: index + 1) }
      marks.append(mark)
    }
    return marks
  }

  /// A line of the file that is no mark.
  package struct Malformed: Error, CustomStringConvertible {
    /// From 1.
    package let line: Int
    package var description: String { "line \(line) is no mark: it needs `log`, a file's name, and `line`, from 1" }
  }
}
