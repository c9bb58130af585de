import Analysis
import Foundation

/// The logs that are measured on: raw, and as the plain loop and other programs need them, cleaned.
struct Corpus {
  let raw: [[UInt8]]
  let cleaned: [[UInt8]]

  var bytes: Int { raw.reduce(0) { $0 + $1.count } }
  var cleanedBytes: Int { cleaned.reduce(0) { $0 + $1.count } }

  init(raw: [[UInt8]]) {
    self.raw = raw
    cleaned = raw.map { log in
      var sink = TextSink()
      var cleaner = LogCleaner()
      log.withUnsafeBytes { cleaner.clean($0, into: &sink) }
      cleaner.finish(into: &sink)
      return sink.text
    }
  }

  /// The logs again and again, of so many raw bytes together at most, but once at least.
  func repeated(bytes: Int) -> (raw: Data, cleaned: Data) {
    let copies = max(1, bytes / self.bytes)
    func copied(_ logs: [[UInt8]]) -> Data { Data(Array(repeating: logs.flatMap { $0 }, count: copies).flatMap { $0 }) }
    return (copied(raw), copied(cleaned))
  }

  /// The beginning of each log, of so many raw bytes together: as varied as all of them.
  func beginnings(bytes: Int) -> (raw: Data, cleaned: Data) {
    let share = Double(bytes) / Double(self.bytes)
    let parts = Corpus(
      raw: raw.map { log in
        let part = log.prefix(Int(share * Double(log.count)))
        return part.lastIndex(of: UInt8(ascii: "\n")).map { Array(part[...$0]) } ?? []
      })
    return (Data(parts.raw.joined()), Data(parts.cleaned.joined()))
  }

  /// Real logs in `$CULPRIT_SHARED/data/logs`, where they are; nil elsewhere.
  static func real() -> Corpus? {
    guard let shared = ProcessInfo.processInfo.environment["CULPRIT_SHARED"] else { return nil }
    let folder = URL(filePath: shared).appending(path: "data/logs/bugswarm")
    guard let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) else { return nil }
    let logs = files.filter { $0.pathExtension == "log" }.sorted { $0.path < $1.path }.compactMap { try? Data(contentsOf: $0) }.map
    { Array($0) }
    return logs.isEmpty ? nil : Corpus(raw: logs)
  }

  private struct TextSink: SegmentSink {
    var text: [UInt8] = []
    mutating func take(_ piece: SegmentPiece) {
      text += piece.bytes
      text.append(UInt8(ascii: "\n"))
    }
    mutating func endLine(_ line: Int) {}
  }
}
