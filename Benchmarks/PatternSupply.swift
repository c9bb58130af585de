import Analysis
import Model

/// Expressions to measure with: those that come with Culprit, then generated ones in the manner of a team's own.
struct PatternSupply {
  /// In a fixed order; each set is the beginning of every larger one.
  let expressions: [String]

  init(folder: String, count: Int) throws {
    var expressions: [String] = []
    for pattern in try Catalog.load(folder, runsExamples: false).patterns {
      guard case .match(let expression) = pattern.definition.matcher, !pattern.definition.ignoreCase else { continue }
      expressions.append(expression)
    }
    var random = BenchRandom(seed: 5)
    expressions.shuffle(using: &random)
    var words = LogWords(random: random)
    var known = Set(expressions)
    while expressions.count < count {
      let expression = Self.generated(&words)
      if known.insert(expression).inserted { expressions.append(expression) }
    }
    self.expressions = expressions
  }

  func patterns(_ count: Int) -> [Pattern] {
    expressions.prefix(count).enumerated().map { number, expression in
      Pattern(
        id: PatternID("bench/\(number)"), title: "bench", definition: MatchDefinition(matcher: .match(expression)),
        verdict: .failure)
    }
  }

  private static func generated(_ words: inout LogWords) -> String {
    switch words.number(12) {
    case 0: "\(words.type())Error: .*\(words.word())"
    case 1: "^\(words.word().uppercased()): \(words.name()) (?:failed|timed out) after (\\d+)"
    case 2: "cannot (?:import|find) '\(words.name())' in '(\\S+)'"
    case 3: "undefined reference to [`']\(words.word())::\(words.name())\\("
    case 4: "^> Task :\(words.word()):\(words.word())(?:Test|Compile\\w*) FAILED$"
    case 5: "\\[\(words.word())\\.\(words.word())\\] (?:ERROR|FATAL)\\b.*\(words.word())"
    case 6: "thread '\(words.word())::\(words.word())::\\S+' panicked at"
    case 7: "(?i)\(words.word()) \(words.word()) (?:failed|timed out|not found)"
    case 8: "\(words.word())-\(words.word()): (?:fatal|error): .*\(words.word())"
    case 9: "could not (?:load|open|find) \(words.folder())\\.(?:so|dll|json)"
    case 10: "Timeout waiting for \(words.word())[- ]\(words.word()) to (?:start|stop|become ready)"
    default: "(?<!no )\(words.word()) \(words.word()) \(words.word()) error \\d+"
    }
  }
}
