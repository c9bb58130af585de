/// Finds the log of one job in the zip of a run's logs.
///
/// The zip has a file with the whole log of each job, `<number>_<job>.txt`, beside folders with those of its steps. GitHub changes
/// what a file's name can't hold and cuts long names, in ways that it doesn't document and that have changed; so names are
/// compared by their letters and digits, and where that leaves more than one file, none is taken: another job's log would be a lie.
enum GitHubJobFile {
  /// - Returns: nil unless exactly one file can be the job's.
  static func name(of job: String, among files: [String]) -> String? {
    let wanted = folded(job)
    let candidates = files.compactMap { file in stem(file).map { (file: file, stem: $0) } }
    let literal = candidates.filter { $0.stem == job }
    if literal.count == 1 { return literal[0].file }
    let same = candidates.filter { folded($0.stem) == wanted }
    if !same.isEmpty { return same.count == 1 ? same[0].file : nil }
    let cut = candidates.filter { $0.stem.utf16.count >= shortestCut && wanted.hasPrefix(folded($0.stem)) }
    return cut.count == 1 ? cut[0].file : nil
  }

  /// Names are known to be cut at 90 UTF-16 units and more.
  private static let shortestCut = 80

  /// `12_test (linux).txt` → `test (linux)`; nil for files in folders. Old zips have negative numbers.
  private static func stem(_ file: String) -> Substring? {
    guard file.hasSuffix(".txt"), !file.contains("/") else { return nil }
    let name = file.dropLast(4)
    let digits = name.hasPrefix("-") ? name.dropFirst() : name
    let rest = digits.drop { $0.isASCII && $0.isNumber }
    guard rest.startIndex != digits.startIndex, rest.first == "_" else { return nil }
    return rest.dropFirst()
  }

  private static func folded(_ name: some StringProtocol) -> String { String(name.filter { $0.isLetter || $0.isNumber }) }
}
