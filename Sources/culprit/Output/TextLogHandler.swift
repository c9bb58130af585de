import Foundation
import Logging

/// Log events for people, one line each on standard error. Names and texts of others are made harmless to the terminal.
struct TextLogHandler: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  /// Told behind the message, in this order; what else belongs to an event is for programs.
  private static let told = ["subject", "problem", "error"]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var values = metadata.merging(event.metadata ?? [:]) { $1 }
    if let error = event.error { values["error"] = "\(error)" }
    let parts = [event.message.description] + Self.told.compactMap { values[$0]?.description }
    let level = event.level > .warning ? "\(event.level.rawValue): " : ""
    Output.error("\(Date().formatted(.iso8601)) \(level)\(Style.inert(parts.joined(separator: ": ")))")
  }
}
