import Model
import PCRE2
import Yams

extension PatternReader {
  /// An example and where it stands.
  struct LocatedExample {
    let example: Pattern.Example
    let line: Int?
    /// The lines of the expected captures.
    var captureLines: [String: Int] = [:]
  }

  /// Examples as read.
  struct LocatedExamples {
    var hits: [LocatedExample] = []
    var misses: [LocatedExample] = []
  }

  static let hitField = "examples.hit"
  static let missField = "examples.miss"

  mutating func examples(_ node: Node?, _ root: Node.Mapping) -> LocatedExamples {
    let field = PatternField.examples.rawValue
    guard let node else {
      report(root.line, field, "is missing", "give at least one line under `hit` and one under `miss`")
      return LocatedExamples()
    }
    guard let mapping = node.mapping else {
      report(node.line, field, "must be a mapping, not a \(node.kind)", "give it `hit:` and `miss:`, each with a list")
      return LocatedExamples()
    }
    let fields = self.fields(
      of: mapping, path: field, known: ["hit", "miss"],
      synonyms: ["positive": "hit", "match": "hit", "matches": "hit", "negative": "miss"])
    var examples = LocatedExamples()
    for entry in entries(fields["hit"], Self.hitField, "a line that the pattern must find") {
      if let hit = hit(entry) { examples.hits.append(hit) }
    }
    for entry in entries(fields["miss"], Self.missField, "a similar line that it must not find") {
      if let miss = miss(entry) { examples.misses.append(miss) }
    }
    return examples
  }

  private mutating func entries(_ node: Node?, _ field: String, _ what: String) -> [Node] {
    guard let node else {
      report(lines[PatternField.examples.rawValue], field, "is missing", "give at least one: \(what)")
      return []
    }
    guard let sequence = node.sequence else {
      report(node.line, field, "must be a list, not a \(node.kind)", "put `- ` before each example")
      return []
    }
    if sequence.isEmpty { report(node.line, field, "is empty", "give at least one: \(what)") }
    return Array(sequence)
  }

  /// A hit is a text, or a mapping of its text and the captures that it must give.
  private mutating func hit(_ node: Node) -> LocatedExample? {
    guard let mapping = node.mapping else { return plain(node, Self.hitField) }
    let fields = self.fields(of: mapping, path: Self.hitField, known: ["text", "captures"])
    guard let textNode = fields["text"] else {
      let hint = fields.isEmpty ? "a text with `: ` in it needs quotes" : "write the line as `text: '…'`"
      return fail(node, Self.hitField, "has no `text`", hint)
    }
    guard let located = plain(textNode, Self.hitField) else { return nil }
    guard let capturesNode = fields["captures"] else { return located }
    guard let captures = capturesNode.mapping else {
      return fail(
        capturesNode, "\(Self.hitField).captures", "must be a mapping, not a \(capturesNode.kind)", "write `name: 'value'` below it"
      )
    }
    var expected: [String: String] = [:]
    var captureLines: [String: Int] = [:]
    for (key, value) in captures {
      guard let name = key.scalar?.string, let value = value.scalar else {
        report(key.line, "\(Self.hitField).captures", "must be texts", "write `name: 'value'`")
        continue
      }
      expected[name] = value.string
      captureLines[name] = key.line
    }
    let example = Pattern.Example(text: located.example.text, captures: expected)
    return LocatedExample(example: example, line: located.line, captureLines: captureLines)
  }

  private mutating func miss(_ node: Node) -> LocatedExample? {
    guard node.mapping == nil else {
      return fail(
        node, Self.missField, "must be a text, not a mapping", "a miss has no captures; a text with `: ` in it needs quotes")
    }
    return plain(node, Self.missField)
  }

  private mutating func plain(_ node: Node, _ field: String) -> LocatedExample? {
    guard let scalar = node.scalar else {
      return fail(node, field, "must be a text, not a \(node.kind)", "a text that begins with [ or { needs quotes")
    }
    guard !(scalar.style == .plain && scalar.string.isEmpty) else {
      return fail(node, field, "is empty", "write '' for an empty line")
    }
    return LocatedExample(example: Pattern.Example(text: scalar.string), line: node.line)
  }

  private mutating func fail(_ node: Node, _ field: String, _ message: String, _ hint: String) -> LocatedExample? {
    report(node.line, field, message, hint)
    return nil
  }

  // MARK: - Holding them against the pattern

  /// Whether all captures that the examples expect are some of the pattern's.
  mutating func checkExampleCaptures(_ examples: LocatedExamples, _ captures: CaptureNames) -> Bool {
    var isFine = true
    for hit in examples.hits {
      for name in hit.example.captures.keys.sorted() where !captures.contains(name) {
        isFine = false
        report(
          hit.captureLines[name] ?? hit.line, "\(Self.hitField).captures", "names no capture: \(OneLine.quoted(name))",
          captures.hint(for: name))
      }
    }
    return isFine
  }

  /// CPU time that all examples of a file may take, in nanoseconds. Those of an honest pattern take a thousandth of it.
  private static let longestRun: UInt64 = 1_000_000_000

  mutating func run(_ examples: LocatedExamples, _ definition: MatchDefinition) {
    // The expressions have been compiled before; what the scan engine refuses beyond that is not an example's fault.
    guard let runner = try? ExampleRunner(definition) else { return }
    let ends = Matcher.threadNanoseconds() + Self.longestRun
    for hit in examples.hits {
      guard Matcher.threadNanoseconds() < ends else { return tooSlow(hit, Self.hitField) }
      guard let failure = runner.failure(ofHit: hit.example) else { continue }
      report(failure.capture.flatMap { hit.captureLines[$0] } ?? hit.line, Self.hitField, failure.message, failure.hint)
    }
    for miss in examples.misses {
      guard Matcher.threadNanoseconds() < ends else { return tooSlow(miss, Self.missField) }
      guard let failure = runner.failure(ofMiss: miss.example) else { continue }
      report(miss.line, Self.missField, failure.message, failure.hint)
    }
  }

  private mutating func tooSlow(_ example: LocatedExample, _ field: String) {
    report(
      example.line, field, "is not searched any more, as the examples before it took \(Self.longestRun / 1_000_000_000) s",
      "the expression backtracks too much; avoid a repetition within a repetition")
  }
}
