/// Addresses of pages that others link to.
enum Links {
  static func commit(_ commit: String, of repository: String) -> String {
    PageInput.link("/commits/\(PageInput.encoded(commit))", ["repository": repository])
  }

  /// A line in a build's log.
  static func line(_ line: Int, ofLog log: Int64, ofBuild build: Int64) -> String {
    PageInput.link("/builds/\(build)", ["log": String(log), "line": String(line)]) + "#L\(line)"
  }

  /// An address elsewhere that a provider has told; nil for anything but http and https, `javascript:` above all.
  static func outside(_ url: String) -> String? { url.hasPrefix("https://") || url.hasPrefix("http://") ? url : nil }
}
