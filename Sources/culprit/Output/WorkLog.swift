import Foundation
import Logging
import Pipeline

/// What a process that runs for long does, on standard error: lines for people on a terminal, JSON Lines elsewhere.
struct WorkLog: Sendable {
  enum Format: String, CaseIterable, Sendable { case auto, text, json }

  /// For whatever logs by itself.
  let logger: Logger

  /// - Parameters:
  ///   - isQuiet: whether only what went wrong is told.
  ///   - isVerbose: whether requests are told, too.
  init(format: Format, isQuiet: Bool, isVerbose: Bool) {
    let isText = format == .text || format == .auto && isatty(STDERR_FILENO) == 1
    var logger = Logger(label: "culprit") { label in
      if isText { TextLogHandler() } else { JSONLogHandler(label: label) }
    }
    logger.logLevel = isQuiet ? .warning : isVerbose ? .debug : .info
    self.logger = logger
  }

  func report(_ step: StepReport) {
    var metadata: Logger.Metadata = ["subject": .string(String(step.subject.prefix(500)))]
    for (key, id) in step.ids { metadata[key] = .string(id) }
    if let problem = step.problem { metadata["problem"] = .string(problem) }
    logger.log(level: step.problem != nil ? .warning : step.isRoutine ? .debug : .info, "\(step.action)", metadata: metadata)
  }
}
