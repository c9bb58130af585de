import Foundation

/// Public test data, where it is present: `$CULPRIT_SHARED`, by default the folder `shared` beside the repository.
package enum SharedData {
  private static let folder =
    (ProcessInfo.processInfo.environment["CULPRIT_SHARED"] ?? TestLedger.repositoryRoot + "/../shared") + "/data"

  /// A file or folder of it; nil where it isn't.
  package static func file(_ path: String) -> URL? {
    let url = URL(filePath: folder).appending(path: path)
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}
