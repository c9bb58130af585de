/// Which sections are open, line by line.
struct SectionStack {
  /// Sections deeper than this are not told.
  private static let deepest = 16

  /// Whether `---`, `~~~` and `+++` begin sections. In other logs they are the marks of a patch, or decoration.
  var hasHeadings = false

  private struct Open {
    var name: String
    var section: LogLine.Section
    var isHeading: Bool
  }

  private var open: [Open] = []
  /// Open before the line that is being told.
  private var before: [LogLine.Section] = []
  private var marks: [LogSection.Mark] = []
  /// Whether the last segment of the line said nothing but what a mark says.
  private var endsWithMark = false
  private var line = 0

  var openBeforeLine: [LogLine.Section] { before }

  /// Takes the beginning of the line's next segment that isn't empty.
  ///
  /// - Returns: whether it says nothing but where a section begins or ends.
  mutating func take(_ segment: ArraySlice<UInt8>, line: Int) -> Bool {
    self.line = line
    let mark = LogSection.mark(of: segment).flatMap { hasHeadings || !$0.isOfHeading ? $0 : nil }
    endsWithMark = mark != nil
    if let mark, marks.count < Self.deepest { marks.append(mark) }
    return mark != nil
  }

  /// Says of a line which sections end and begin there.
  /// - Parameter title: of a section whose mark has none.
  mutating func describe(_ line: inout LogLine, title: String) {
    guard !marks.isEmpty else { return }
    let (ended, begun) = apply(title: title)
    line.begins = begun
    if endsWithMark, begun.isEmpty { line.endsAfter = ended } else { line.endsBefore = ended }
  }

  /// The line is over, whether it was described or not.
  mutating func endLine() {
    if !marks.isEmpty { _ = apply(title: "") }
    endsWithMark = false
    before = open.map(\.section)
  }

  /// - Returns: how many of the sections that were open have ended, and those that have begun.
  private mutating func apply(title: String) -> (ended: Int, begun: [LogLine.Section]) {
    let count = open.count
    var lowest = count
    for mark in marks {
      switch mark {
      case .begin(let name, let own, let isOpen):
        let title = !own.isEmpty ? own : !title.isEmpty ? title : name
        push(Open(name: name, section: .init(title: title, line: line, isOpen: isOpen), isHeading: false))
      case .heading(let title, let isOpen):
        if let heading = open.firstIndex(where: \.isHeading) { open.removeSubrange(heading...) }
        push(Open(name: "", section: .init(title: title, line: line, isOpen: isOpen), isHeading: true))
      case .end(let name):
        guard let index = open.lastIndex(where: { !$0.isHeading && (name.isEmpty || $0.name == name) }) else { break }
        open.removeSubrange(index...)
      case .openHeading:
        if let heading = open.lastIndex(where: \.isHeading) { open[heading].section.isOpen = true }
      }
      lowest = min(lowest, open.count, open.firstIndex { $0.section.line == line } ?? open.count)
    }
    marks.removeAll(keepingCapacity: true)
    return (count - lowest, open[lowest...].map(\.section))
  }

  private mutating func push(_ section: Open) {
    if open.count < Self.deepest { open.append(section) }
  }
}

extension LogSection.Mark {
  fileprivate var isOfHeading: Bool {
    switch self {
    case .heading, .openHeading: true
    case .begin, .end: false
    }
  }
}
