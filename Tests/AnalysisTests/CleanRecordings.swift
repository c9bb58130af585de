import Foundation

/// Real logs of public projects, which are not part of the repository.
enum CleanRecordings {
  /// `$CULPRIT_SHARED`, by default the folder `shared` beside the repository.
  static let folder: URL = {
    let shared = ProcessInfo.processInfo.environment["CULPRIT_SHARED"].map { URL(filePath: $0) }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return (shared ?? package.deletingLastPathComponent().appending(path: "shared")).appending(path: "data/logs")
  }()

  static let arePresent = FileManager.default.fileExists(atPath: folder.path)

  /// Logs and terminal recordings, without archives and what describes the logs; in order of their paths.
  static let logs: [String] = {
    let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return files.filter { path in
      path.hasSuffix(".log") || path.hasSuffix(".raw") || path.hasSuffix(".txt") || path.contains("gitlab-runner/log-")
        || path.contains("gitlab-trace-fixtures/")
    }.filter { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: folder.appending(path: path).path, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }()

  static func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: path))) }
}
