import Model

extension KnownProblem {
  /// Whether a failed build falls under it, whatever it failed with.
  ///
  /// Fails closed: where it isn't known whether the build's commit comes before or after one of the problem's, it isn't covered.
  ///
  /// - Parameters:
  ///   - targets: the branches that the build's commit is to be merged into.
  ///   - ancestors: for other commits, whether they are ancestors of the build's.
  package func covers(_ build: Build, targets: Set<String>, ancestors: [String: Bool]) -> Bool {
    guard build.repository == repository else { return false }
    guard jobs.isEmpty || jobs.contains(where: { Glob.matches($0, build.job) }) else { return false }
    guard branch.isEmpty || branch == build.branch || targets.contains(branch) else { return false }
    if let untilTime, build.finishedAt.map({ $0 >= untilTime }) ?? true { return false }
    if let fromCommit, fromCommit != build.commit, ancestors[fromCommit] != true { return false }
    if let untilCommit, untilCommit == build.commit || ancestors[untilCommit] != false { return false }
    return true
  }
}

/// Names with `*` for any text and `?` for any character.
package enum Glob {
  /// Takes time that grows with the product of both lengths at most.
  package static func matches(_ pattern: String, _ name: String) -> Bool {
    let pattern = Array(pattern)
    let name = Array(name)
    var (p, n) = (0, 0)
    // Where to go on if what follows the last star doesn't fit here: the star takes one character more.
    var retry: (p: Int, n: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        retry = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let last = retry {
        retry = (last.p, last.n + 1)
        (p, n) = (last.p + 1, last.n + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
