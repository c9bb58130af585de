/// The external id of a build: the job's full name and the build's number, `folder/project/branch#12`.
struct JenkinsRunID: Sendable, Equatable {
  /// Names of the folders and the job.
  let path: [String]
  let number: Int

  init(path: [String], number: Int) {
    self.path = path
    self.number = number
  }

  init?(_ text: String) {
    guard let hash = text.lastIndex(of: "#"), let number = Int(text[text.index(after: hash)...]), number > 0,
      let path = Self.path(of: String(text[..<hash]))
    else { return nil }
    self.init(path: path, number: number)
  }

  var text: String { "\(path.joined(separator: "/"))#\(number)" }

  /// Where Jenkins has it below its address.
  var address: [String] { Self.address(path) + [String(number)] }

  static func address(_ path: [String]) -> [String] { path.flatMap { ["job", $0] } }

  /// The parts of a full name; a branch in a multibranch project has its slashes percent-encoded, as Jenkins shows it.
  static func path(of name: String) -> [String]? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return name.utf8.count <= 1_000 && parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) })
      ? parts : nil
  }
}
