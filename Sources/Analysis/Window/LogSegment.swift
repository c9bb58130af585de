/// What stands between two lone carriage returns of a line, cleaned, with the looks that a terminal gives it.
package struct LogSegment: Sendable, Equatable {
  /// From 0, in the line; empty segments count.
  package var index: Int
  /// The cleaned text from `start` on, or the part of it that is kept.
  package var bytes: [UInt8]
  /// Where `bytes` begins in the cleaned segment.
  package var start: Int
  /// Bytes of the whole cleaned segment.
  package var total: Int
  /// Looks from an offset of the segment on; ascending.
  package var styles: [StyleChange]
  /// Parts that something is to be said about; they may overlap.
  package var marks: [LineMark]

  package struct StyleChange: Sendable, Equatable {
    package var offset: Int
    package var style: ConsoleStyle
  }

  /// Whether text before or behind `bytes` is left out.
  package var isCut: Bool { start > 0 || start + bytes.count < total }

  /// Text that looks the same and has the same mark.
  package struct Run: Sendable, Equatable {
    /// Valid UTF-8; what wasn't is U+FFFD.
    package var text: String
    package var style: ConsoleStyle
    /// `id` of the first mark that covers it.
    package var mark: Int?
  }

  /// The text in runs; empty if there is none.
  package var runs: [Run] {
    let end = start + bytes.count
    var borders = Set([start, end])
    for change in styles { borders.insert(change.offset) }
    for mark in marks {
      borders.insert(mark.start)
      borders.insert(mark.end)
    }
    let inside = borders.filter { $0 >= start && $0 <= end }.sorted()
    var runs: [Run] = []
    var begin = start
    var change = 0
    for (from, to) in zip(inside, inside.dropFirst()) {
      while change + 1 < styles.count, styles[change + 1].offset <= from { change += 1 }
      let style = change < styles.count && styles[change].offset <= from ? styles[change].style : ConsoleStyle()
      let mark = marks.first { $0.start <= from && to <= $0.end }?.id
      if let last = runs.last, last.style == style, last.mark == mark { runs.removeLast() } else { begin = from }
      runs.append(Run(text: String(decoding: bytes[begin - start..<to - start], as: UTF8.self), style: style, mark: mark))
    }
    return runs
  }

  /// The text, valid UTF-8.
  package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A part of a segment that something is to be said about: a finding, a hit of a search.
package struct LineMark: Sendable, Equatable {
  package var line: Int
  package var segment: Int
  /// Byte offsets into the cleaned segment, half-open.
  package var start: Int
  package var end: Int
  /// Chosen by whoever sets the mark.
  package var id: Int

  package init(line: Int, segment: Int, start: Int, end: Int, id: Int) {
    self.line = line
    self.segment = segment
    self.start = start
    self.end = end
    self.id = id
  }
}
