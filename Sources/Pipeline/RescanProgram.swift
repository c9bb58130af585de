import Analysis
import Model
import Store

/// The revisions that a claim's logs lack, compiled.
struct RescanProgram: Sendable {
  let program: ScanProgram
  let revisions: [PatternID: RevisionID]
  /// Revisions that this PCRE2 doesn't compile, though one did when they were entered: never tried, and told so.
  let uncompilable: [(revision: RevisionID, pattern: PatternID)]

  /// Pairs that each log makes with it.
  var pairsPerLog: Int { revisions.count }

  init(_ definitions: [(id: RevisionID, pattern: PatternID, definition: MatchDefinition)]) throws {
    var patterns: [Pattern] = []
    var uncompilable: [(RevisionID, PatternID)] = []
    var revisions: [PatternID: RevisionID] = [:]
    for (id, pattern, definition) in definitions {
      revisions[pattern] = id
      let candidate = Pattern(id: pattern, title: "", definition: definition, verdict: .failure)
      if (try? ScanProgram([candidate])) == nil {
        uncompilable.append((id, pattern))
      } else {
        patterns.append(candidate)
      }
    }
    program = try ScanProgram(patterns)
    self.revisions = revisions
    self.uncompilable = uncompilable
  }
}
