/// Which members of a zip of GitHub Actions logs to read, so that each text is read once.
///
/// GitHub's zip of a run holds, for each job, a folder with a file per step, `<job>/<n>_<step>.txt`; a file with the
/// whole job, `<n>_<job>.txt`; and often a second one, `<n>_<job> (1).txt`, because two sources of the service each
/// write one under the same name. What the step files hold, the job's files hold again; only lines of the runner's own
/// about waiting for a machine may be in a job's file alone. Scanned naively, each failure counts two or three times.
///
/// Names that don't fit are read: a text counted twice is a nuisance, a text that is missed is a lie. So is the file
/// of a job whose name GitHub has cut at another length than the folder's.
package enum GitHubLogZip {
  /// - Parameter memberNames: all of them, in any order.
  /// - Returns: those to read, in the same order; all but Finder's litter if this isn't one of GitHub's zips.
  package static func selection(_ memberNames: [String]) -> [String] {
    var index = Index()
    for name in memberNames { index.note(name) }
    return memberNames.filter { index.isWanted($0) }
  }

  /// What is known of a zip's members, be it all of them or those seen so far in a stream.
  package struct Index: Sendable {
    /// Jobs that have at least one step file.
    private var jobsWithSteps: Set<Substring> = []
    /// Names at the top level, without `.txt`.
    private var topLevel: Set<Substring> = []

    /// Knows of no member.
    package init() {}

    /// Takes a member's name into account.
    package mutating func note(_ name: String) {
      if let (job, _) = GitHubLogZip.step(name) {
        jobsWithSteps.insert(job)
      } else if let stem = GitHubLogZip.topLevelStem(name) {
        topLevel.insert(stem)
      }
    }

    /// Whether a member is to be read, as far as is known.
    package func isWanted(_ name: String) -> Bool {
      if GitHubLogZip.isLitter(name) { return false }
      guard let stem = GitHubLogZip.topLevelStem(name), let job = GitHubLogZip.numbered(stem) else { return true }
      if jobsWithSteps.contains(job) { return false }
      // `1_build (1)` is a second file of the job `build` only beside `1_build`; by itself it may be the whole log of
      // a job of a matrix, called `build (1)`.
      guard let original = GitHubLogZip.withoutCopyNumber(stem), topLevel.contains(original),
        let originalJob = GitHubLogZip.numbered(original)
      else { return true }
      return !jobsWithSteps.contains(originalJob)
    }
  }

  /// What macOS adds to a zip, and a viewer of folders leaves in one.
  static func isLitter(_ name: String) -> Bool {
    name.hasPrefix("__MACOSX/") || name == ".DS_Store" || name.hasSuffix("/.DS_Store")
  }

  /// `job/3_Run tests.txt` → `job`, `Run tests`. GitHub takes slashes out of the names of jobs and steps.
  private static func step(_ name: String) -> (job: Substring, step: Substring)? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0] != "__MACOSX", parts[1].hasSuffix(".txt"),
      let step = numbered(parts[1].dropLast(4))
    else { return nil }
    return (parts[0], step)
  }

  /// `1_build.txt` → `1_build`; nil for anything in a folder.
  private static func topLevelStem(_ name: String) -> Substring? {
    name.hasSuffix(".txt") && !name.contains("/") ? name.dropLast(4) : nil
  }

  /// `12_build` → `build`. Old zips have negative numbers at the top level.
  private static func numbered(_ stem: Substring) -> Substring? {
    let digits = stem.hasPrefix("-") ? stem.dropFirst() : stem
    let rest = digits.drop { $0.isASCII && $0.isNumber }
    guard rest.startIndex != digits.startIndex, rest.first == "_" else { return nil }
    return rest.dropFirst()
  }

  /// `1_build (2)` → `1_build`.
  private static func withoutCopyNumber(_ stem: Substring) -> Substring? {
    guard stem.hasSuffix(")") else { return nil }
    let inner = stem.dropLast()
    let digits = inner.suffix(while: { $0.isASCII && $0.isNumber })
    let before = inner[..<digits.startIndex]
    guard !digits.isEmpty, before.hasSuffix(" (") else { return nil }
    return before.dropLast(2)
  }
}

extension Substring {
  /// The longest end of which all characters fit.
  fileprivate func suffix(while fits: (Character) -> Bool) -> Substring {
    guard let last = lastIndex(where: { !fits($0) }) else { return self }
    return self[index(after: last)...]
  }
}
