import Foundation
import Pipeline

/// What workers do, one line each on standard error, as long as nobody wants quiet.
struct WorkLog: Sendable {
  let isQuiet: Bool
  let isVerbose: Bool

  func report(_ step: StepReport) {
    if let problem = step.problem {
      Output.error("\(Self.time) \(step.action): \(Style.inert(step.subject)): \(Style.inert(problem))")
    } else if !isQuiet, isVerbose || !step.isRoutine {
      Output.error("\(Self.time) \(step.action): \(Style.inert(isVerbose ? step.subject : String(step.subject.prefix(120))))")
    }
  }

  private static var time: String { Date().formatted(.iso8601) }
}
