import Analysis
import Model
import Store

/// The revisions that a claim's logs lack, compiled.
struct RescanProgram: Sendable {
  let program: ScanProgram
  /// What a log's index is asked; nil where no answer would spare anything.
  let query: GramQuery?
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
    let query = GramQuery(program)
    self.query = query.isUseful && uncompilable.isEmpty ? query : nil
    self.revisions = revisions
    self.uncompilable = uncompilable
  }

  /// A lane's outcome as the ledger keeps it.
  func result(of log: Store.ClaimedLog, _ outcome: ScanLane.Outcome, isMeasured: Bool) -> Store.LogResult {
    var result = Store.LogResult(log: log.id, lines: outcome.summary.lines, findings: [])
    result.findings = outcome.findings.compactMap { finding in revisions[finding.pattern].map { ($0, finding) } }
    result.overflow = outcome.summary.overflow.compactMap { pattern, count in revisions[pattern].map { ($0, count) } }
    result.inconclusive = outcome.summary.inconclusive.compactMap { entry in revisions[entry.pattern].map { ($0, entry) } }
    if isMeasured {
      result.cost = Store.LogCost(
        bytes: log.bytes,
        searches: outcome.summary.costs.compactMap { cost in
          revisions[cost.pattern].map { ($0, cost.searches, cost.nanoseconds) }
        })
    }
    for (revision, pattern) in uncompilable {
      result.inconclusive.append((revision, Inconclusive(pattern: pattern, reason: .engineError, line: 1)))
    }
    return result
  }
}
