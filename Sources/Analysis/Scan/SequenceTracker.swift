import Model

/// Follows one sequence pattern through a log.
///
/// From each line that the first step matches, the nearest later lines that match the next steps count. Of the chains that are
/// complete on a line the one that began first wins, and all others that are under way overlap with it and are dropped.
struct SequenceTracker {
  private let steps: Int
  private let within: Int
  /// Chains by the step that they wait for, 1 and up; each list in order of the first line.
  private var waiting: [[Chain]]
  /// The first match of each step in the current line.
  private var hits: [Finding?]
  private var hasHits = false

  private struct Chain {
    let firstLine: Int
    var captures: [Finding.Capture]
  }

  init(steps: Int, within: Int) {
    self.steps = steps
    self.within = within
    waiting = Array(repeating: [], count: steps)
    hits = Array(repeating: nil, count: steps)
  }

  /// Whether a match of the step on the current line would matter.
  func waits(for step: Int) -> Bool {
    hits[step] == nil && (step == 0 || !waiting[step].isEmpty)
  }

  mutating func take(_ finding: Finding, step: Int) {
    hits[step] = finding
    hasHits = true
  }

  /// Advances the chains by what the line held. Returns the finding that is complete on it, if there is one.
  mutating func endLine(_ line: Int, pattern: PatternID) -> Finding? {
    guard hasHits else { return nil }
    defer {
      for step in hits.indices { hits[step] = nil }
      hasHits = false
    }
    guard steps > 1 else { return hits[0] }
    // From the last step to the first, so that no chain takes two steps on one line.
    for step in stride(from: steps - 1, through: 1, by: -1) {
      guard let hit = hits[step] else { continue }
      let arrived = waiting[step].filter { line - $0.firstLine < within }
      waiting[step].removeAll()
      if step == steps - 1, let winner = arrived.first {
        for step in waiting.indices { waiting[step].removeAll() }
        var finding = hit
        finding.captures = winner.captures + hit.captures
        return finding
      }
      if step < steps - 1 {
        // Those that wait for the next step already began earlier, or on the same lines.
        waiting[step + 1].append(
          contentsOf: arrived.map { Chain(firstLine: $0.firstLine, captures: $0.captures + hit.captures) })
      }
    }
    if let hit = hits[0] {
      waiting[1].append(Chain(firstLine: line, captures: hit.captures))
      dropExpired(line)
    }
    return nil
  }

  private mutating func dropExpired(_ line: Int) {
    for step in 1..<steps {
      // In order of their first lines, so only the front can be too old; looked at when there is much to gain.
      guard let first = waiting[step].first, line - first.firstLine >= 2 * within else { continue }
      waiting[step].removeAll { line - $0.firstLine >= within }
    }
  }
}
