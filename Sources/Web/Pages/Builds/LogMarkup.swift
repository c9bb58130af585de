import Analysis

/// The lines of a log as HTML: each with its number as a link to itself, sections as parts that fold, colours as classes.
enum LogMarkup {
  /// - Parameters:
  ///   - target: the line that was asked for.
  ///   - isPlain: whether colours are left out.
  ///   - titles: of the findings, by the marks' ids.
  ///   - link: to a line.
  ///   - wholeLink: to a line with all its parts.
  static func of(
    _ window: LogWindow, target: Int?, isPlain: Bool, titles: [String], link: (Int) -> String, wholeLink: (Int) -> String
  ) -> Markup {
    var markup = Markup()
    let open = openSections(window, target: target)
    var depth = 0
    for line in window.lines {
      for _ in 0..<min(depth, line.endsBefore) { closeSection(&markup, &depth) }
      for (place, section) in line.begins.enumerated() {
        markup.open("details", ["class": "fold", "open": open.contains(line.number) ? "" : nil])
        depth += 1
        guard place < line.begins.count - 1 else { break }
        markup.element("summary", [:], section.title)
      }
      if !line.begins.isEmpty { markup.open("summary") }
      // What folds is pressed as a whole, so nothing in it can be pressed by itself.
      let links = line.begins.isEmpty
      row(
        line, isTarget: line.number == target, isPlain: isPlain, titles: titles, link: links ? link(line.number) : nil,
        wholeLink: links ? wholeLink(line.number) : nil, &markup)
      if !line.begins.isEmpty { markup.close("summary") }
      for _ in 0..<min(depth, line.endsAfter) { closeSection(&markup, &depth) }
    }
    while depth > 0 { closeSection(&markup, &depth) }
    return markup
  }

  private static let commands = ["##[group]", "##[error]"]

  private static func closeSection(_ markup: inout Markup, _ depth: inout Int) {
    markup.close("details")
    depth -= 1
  }

  /// The lines that begin with a section which is shown unfolded: it asks for that itself, something in it is marked or was asked for, or
  /// it goes on behind the window, as that in which a log breaks off does.
  private static func openSections(_ window: LogWindow, target: Int?) -> Set<Int> {
    var open: Set<Int> = []
    var stack: [Int] = []
    func end(_ count: Int) { stack.removeLast(min(stack.count, count)) }
    for line in window.lines {
      end(line.endsBefore)
      for section in line.begins {
        stack.append(line.number)
        if section.isOpen { open.insert(line.number) }
      }
      // The line that a section begins with is seen anyway.
      if line.number == target || line.segments.contains(where: { !$0.marks.isEmpty }) {
        open.formUnion(stack.filter { $0 != line.number })
      }
      end(line.endsAfter)
    }
    return open.union(stack)
  }

  private static func row(
    _ line: LogLine, isTarget: Bool, isPlain: Bool, titles: [String], link: String?, wholeLink: String?,
    _ markup: inout Markup
  ) {
    // GitHub's own words for the start of a section, an error and so on.
    let command = line.segments.last.flatMap { segment in commands.first { segment.bytes.starts(with: $0.utf8) } }
    let found = line.segments.lazy.flatMap(\.marks).first { $0.id != ShownLines.searched }
    let title = found.flatMap { titles.indices.contains($0.id) ? titles[$0.id] : nil }
    markup.open(
      "div",
      [
        "class": "line" + (command == "##[error]" ? " error" : "") + (found != nil ? " found" : "") + (isTarget ? " target" : ""),
        "id": "L\(line.number)",
      ])
    // An address without `#L…` leads to the line as well.
    markup.link(["class": "n", "autofocus": isTarget && link != nil ? "" : nil], to: link, "\(line.number)")
    // Without a date: they are all of one run.
    if let time = line.time {
      markup.element("time", ["datetime": time, "title": time], String(time.dropFirst(11).prefix(8)))
    }
    markup.open("span", ["class": "text"])
    for (place, segment) in line.segments.enumerated() {
      if place > 0 { markup.element("span", ["class": "return", "title": "overwritten by what follows"], "␍") }
      if segment.start > 0 { markup.element("span", ["class": "cut"], "… ") }
      // The word that begins a section is shown as that.
      let runs = command == "##[group]" && place == line.segments.count - 1 ? segment.without(prefix: 9).runs : segment.runs
      for run in runs { self.run(run, isPlain: isPlain, titles: titles, &markup) }
      if segment.isCut { cut(segment, &markup) }
    }
    markup.close("span")
    if line.segmentCount > line.segments.count {
      let more = line.segmentCount - line.segments.count
      markup.link(["class": "more", "title": "Parts of the line that were overwritten"], to: wholeLink, "+\(more)")
    }
    if let title { markup.element("span", ["class": "note"], title) }
    markup.close("div")
    markup.newline()
  }

  private static func run(_ run: LogSegment.Run, isPlain: Bool, titles: [String], _ markup: inout Markup) {
    let classes = isPlain ? "" : run.style.classes
    if let mark = run.mark {
      let title = titles.indices.contains(mark) ? titles[mark] : nil
      markup.open("mark", ["class": mark == ShownLines.searched ? "searched" : nil, "title": title])
    }
    if classes.isEmpty { markup.text(run.text) } else { markup.element("span", ["class": classes], run.text) }
    if run.mark != nil { markup.close("mark") }
  }

  private static func cut(_ segment: LogSegment, _ markup: inout Markup) {
    markup.element("span", ["class": "cut"], " … cut: the line has \(Figures.bytes(Int64(segment.total)))")
  }
}

extension LogSegment {
  fileprivate func without(prefix count: Int) -> LogSegment {
    var rest = self
    rest.bytes = Array(bytes.dropFirst(count))
    rest.start += min(count, bytes.count)
    return rest
  }
}

extension ConsoleStyle {
  /// Names of classes in `log.css`: no other style may stand in a page.
  fileprivate var classes: String {
    if isPlain { return "" }
    var names: [String] = []
    if isBold { names.append("b") }
    if isFaint { names.append("dim") }
    if isItalic { names.append("i") }
    if isUnderlined { names.append("u") }
    if isStruck { names.append("s") }
    let (front, back) = isInverse ? (background, foreground) : (foreground, background)
    if let front { names.append("f\(front.nearest)") } else if isInverse { names.append("fx") }
    if let back { names.append("g\(back.nearest)") } else if isInverse { names.append("gx") }
    return names.joined(separator: " ")
  }
}

extension ConsoleColor {
  /// The colour of the palette that is nearest.
  fileprivate var nearest: UInt8 {
    guard case .rgb(let red, let green, let blue) = self else {
      if case .palette(let index) = self { return index }
      return 0
    }
    func distance(_ index: UInt8) -> Int {
      guard let color = Self.components(ofPalette: index) else { return .max }
      return [(color.red, red), (color.green, green), (color.blue, blue)].reduce(0) { sum, pair in
        let difference = Int(pair.0) - Int(pair.1)
        return sum + difference * difference
      }
    }
    return (16...255).min { distance($0) < distance($1) } ?? 16
  }
}
