import Analysis
import Model
import Providers

/// The buttons of our check run, by the identifiers that GitHub gives back when one is pressed.
///
/// Who may press is GitHub's matter: those who may write to the repository.
package enum CheckButton: String, Sendable, CaseIterable {
  case rerunFlaky = "rerun-flaky"
  case markKnown = "mark-known"
  case reportWrong = "report-wrong"

  /// The kinds of builds that it is about; nil: all.
  package var kinds: Set<BuildKind>? {
    switch self {
    case .rerunFlaky: [.flaky, .infrastructure]
    // Whoever presses has looked at the failures; what Culprit itself couldn't read nobody could look at here.
    case .markKnown: [.new, .unknown]
    case .reportWrong: nil
    }
  }

  /// GitHub shows 20 characters of a label and 40 of a description.
  var action: CheckRun.Action {
    switch self {
    case .rerunFlaky:
      CheckRun.Action(
        label: "Re-run flaky builds", description: "Runs again what is not the change's own", identifier: rawValue)
    case .markKnown:
      CheckRun.Action(label: "Mark as known", description: "Excuses the failures of this commit", identifier: rawValue)
    case .reportWrong:
      CheckRun.Action(label: "Report wrong verdict", description: "Tells those who keep the patterns", identifier: rawValue)
    }
  }

  /// Those that make sense for a verdict.
  static func fitting(_ verdict: CommitVerdict) -> [CheckButton] {
    guard verdict.state == .success || verdict.state == .failure else { return [] }
    let kinds = Set(verdict.builds.map(\.verdict.kind))
    return allCases.filter { button in !kinds.isEmpty && button.kinds.map { !$0.isDisjoint(with: kinds) } ?? !kinds.isEmpty }
  }
}
