import Analysis

/// Some lines of a log, as the page draws them and as programs get them.
struct ShownLines: APIValue {
  let log: Int64
  let window: LogWindow
  /// Lines of the whole log, where that is known.
  let total: Int?
  /// Of the findings in these lines, by the marks' ids. Not told to programs, which have the findings.
  let titles: [String]

  /// The mark of what a search found; findings have their place in `titles`, from 0.
  static let searched = -1

  private enum CodingKeys: String, CodingKey { case log, lines, sections, total }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(log, forKey: .log)
    try container.encode(window.lines.map { Line($0) }, forKey: .lines)
    try container.encode(window.sections.map { Section(title: $0.title, line: $0.line) }, forKey: .sections)
    try container.encodeIfPresent(total, forKey: .total)
  }

  static let schema = Schema.object(
    "ShownLines",
    ["log": .integer, "lines": .array(Line.schema), "sections": .array(Section.schema), "total": .optional(.integer)])

  /// A section that the first line stands in.
  private struct Section: APIValue {
    let title: String
    let line: Int

    static let schema = Schema.object("LogSection", ["title": .string, "line": .integer])
  }

  private struct Line: APIValue {
    let number: Int
    /// As the provider wrote it.
    let time: String?
    /// The parts of the line that are shown, the last one last.
    let segments: [Segment]
    /// How many parts that aren't empty it has between lone carriage returns.
    let segmentCount: Int
    /// Titles of sections that begin here, and how many end before and after this line.
    let begins: [String]
    let endsBefore: Int
    let endsAfter: Int

    init(_ line: LogLine) {
      number = line.number
      time = line.time
      segments = line.segments.map { Segment($0) }
      segmentCount = line.segmentCount
      begins = line.begins.map(\.title)
      endsBefore = line.endsBefore
      endsAfter = line.endsAfter
    }

    static let schema = Schema.object(
      "LogLine",
      [
        "number": .integer, "time": .optional(.string), "segments": .array(Segment.schema), "segmentCount": .integer,
        "begins": .array(.string), "endsBefore": .integer, "endsAfter": .integer,
      ])
  }

  private struct Segment: APIValue {
    let index: Int
    /// Bytes of the whole part, and where the text that is told begins in it.
    let bytes: Int
    let start: Int
    let runs: [Run]

    init(_ segment: LogSegment) {
      index = segment.index
      bytes = segment.total
      start = segment.start
      runs = segment.runs.map { Run($0) }
    }

    static let schema = Schema.object(
      "LogSegment", ["index": .integer, "bytes": .integer, "start": .integer, "runs": .array(Run.schema)])
  }

  private struct Run: APIValue {
    let text: String
    /// `bold`, `color 1`, `on #102030`, …, separated by commas; colours 0 to 255 are those of xterm's palette.
    let style: String?
    let mark: String?

    init(_ run: LogSegment.Run) {
      text = run.text
      let words = run.style.words
      style = words.isEmpty ? nil : words.joined(separator: ", ")
      mark = run.mark.map { $0 == ShownLines.searched ? "searched" : "found" }
    }

    static let schema = Schema.object(
      "LogRun", ["text": .string, "style": .optional(.string), "mark": .optional(.choice(["found", "searched"]))])
  }
}

extension ConsoleStyle {
  fileprivate var words: [String] {
    var words: [String] = []
    if isBold { words.append("bold") }
    if isFaint { words.append("faint") }
    if isItalic { words.append("italic") }
    if isUnderlined { words.append("underlined") }
    if isStruck { words.append("struck") }
    if isInverse { words.append("inverse") }
    if let foreground { words.append(foreground.word(after: "color")) }
    if let background { words.append(background.word(after: "on")) }
    return words
  }
}

extension ConsoleColor {
  fileprivate func word(after word: String) -> String {
    switch self {
    case .palette(let index): "\(word) \(index)"
    case .rgb(let red, let green, let blue):
      "\(word) #" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }
}
