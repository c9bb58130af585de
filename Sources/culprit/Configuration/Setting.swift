/// A setting: a key of `culprit.yaml`, and the variable `CULPRIT_…` that overrides it. A new one is a case here and a line in
/// `docs/configuration.md`.
enum Setting: String, CaseIterable {
  case patterns
  case data
  case archive
  case databaseURLFile = "database-url-file"
  case color
  case lanes
  case matchLimit = "match-limit"
  case lineMilliseconds = "line-milliseconds"
  case patternMilliseconds = "pattern-milliseconds"
  case logMilliseconds = "log-milliseconds"
  case findingsPerPattern = "findings-per-pattern"
  case suspendAfter = "suspend-after"

  var variable: String { "CULPRIT_" + rawValue.uppercased().replacing("-", with: "_") }

  /// In words for `culprit doctor` and the documentation.
  var meaning: String {
    switch self {
    case .patterns: "folder of pattern files"
    case .data: "folder of the private database and the archive"
    case .archive: "folder of raw logs"
    case .databaseURLFile: "file that holds the database's address"
    case .color: "auto, always or never"
    case .lanes: "logs that are scanned at once"
    case .matchLimit: "PCRE2's match limit at each start position"
    case .lineMilliseconds: "CPU time of a pattern on a line"
    case .patternMilliseconds: "CPU time of a pattern on a log"
    case .logMilliseconds: "CPU time of all patterns on a log"
    case .findingsPerPattern: "findings that are kept per pattern and log"
    case .suspendAfter: "inconclusive logs after which a pattern is not tried any more"
    }
  }
}
