import Foundation
import Glibc

/// Puts pattern files into a folder: all of them, each whole, or none.
package struct PatternWriter: Sendable {
  /// What keeps the files from being written; nothing is changed then.
  package enum Problem: Error, Equatable {
    /// These files are there already.
    case exists([String])
    case system(path: String, reason: String)
  }

  private let folder: String
  /// Whether files that are there are replaced.
  private let replaces: Bool

  package init(folder: String, replaces: Bool) {
    self.folder = folder
    self.replaces = replaces
  }

  /// - Parameter files: names without the ending, and the files' texts.
  /// - Throws: `Problem`.
  package func write(_ files: [(name: String, text: String)]) throws(Problem) {
    let isNew = !FileManager.default.fileExists(atPath: folder)
    let taken = files.map { "\(folder)/\($0.name).yaml" }.filter { FileManager.default.fileExists(atPath: $0) }
    guard taken.isEmpty || replaces else { throw .exists(taken) }
    // Beside the folder, so that it can be moved there whole; a name that begins with a dot is no pattern folder.
    let parent = (folder as NSString).deletingLastPathComponent
    let base = parent.isEmpty ? "" : parent + "/"
    let staging = "\(isNew ? base : folder + "/").culprit-\(ProcessInfo.processInfo.processIdentifier)"
    do {
      if !parent.isEmpty { try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true) }
      try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: staging) }
      for file in files { try Data(file.text.utf8).write(to: URL(fileURLWithPath: "\(staging)/\(file.name).yaml")) }
      if isNew {
        guard rename(staging, folder) == 0 else { throw Problem.system(path: folder, reason: Self.reason(errno)) }
        return
      }
      try move(files.map(\.name), from: staging)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .system(path: folder, reason: error.localizedDescription)
    }
  }

  private func move(_ names: [String], from staging: String) throws(Problem) {
    var moved: [String] = []
    for name in names {
      let (source, target) = ("\(staging)/\(name).yaml", "\(folder)/\(name).yaml")
      // A link fails where a file is, whoever has put it there meanwhile.
      let result = replaces ? rename(source, target) : link(source, target)
      guard result == 0 else {
        let code = errno
        if !replaces { for path in moved { unlink(path) } }
        throw code == EEXIST ? .exists([target]) : .system(path: target, reason: Self.reason(code))
      }
      moved.append(target)
    }
  }

  private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}
