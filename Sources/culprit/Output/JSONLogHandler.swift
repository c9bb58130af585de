import Foundation
import Logging

/// Log events as JSON Lines on standard error: `time`, `level`, `logger`, `message`, and what belongs to the event under its own name.
struct JSONLogHandler: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes a line without its end.
  init(label: String, write: @Sendable @escaping (String) -> Void = { Output.error($0) }) {
    self.label = label
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var values = metadata
    values.merge(metadataProvider?.get() ?? [:]) { $1 }
    values.merge(event.metadata ?? [:]) { $1 }
    if let error = event.error { values["error"] = "\(error)" }
    var members: [(String, JSONText)] = [
      ("time", .string(Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))),
      ("level", .string(event.level.rawValue)), ("logger", .string(label)), ("message", .string(event.message.description)),
    ]
    let taken = Set(members.map(\.0))
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      members.append((taken.contains(key) ? "_" + key : key, Self.json(value)))
    }
    write(JSONText.object(members).text)
  }

  private static func json(_ value: Logger.Metadata.Value) -> JSONText {
    switch value {
    case .string(let text): .string(text)
    case .stringConvertible(let value): .string(value.description)
    case .array(let values): .array(values.map(json))
    case .dictionary(let values): .object(values.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })
    }
  }
}
