import Foundation

/// Where the files of a cluster are.
///
///     folder/lock      held while somebody creates, starts or stops the server
///     folder/users     locked, together, by everyone who uses the server
///     folder/keep      there when the server is to stay although nobody uses it
///     folder/cluster/  the server's own: data/, server.log, and mostly socket/
///
/// The server of root runs as another user, who may not be able to enter the folder, which by default lies in root's
/// home. Then `cluster` is a symbolic link to a folder in `/var/lib/culprit`.
struct ClusterHome: Sendable {
  private static let refuge = "/var/lib/culprit"

  /// What the user chose, without symbolic links.
  let folder: String
  /// What the server owns; it is there once the cluster is complete.
  let path: String

  var data: String { path + "/data" }
  var log: String { path + "/server.log" }
  /// The home in the making.
  var draft: String { path + ".new" }

  static func lock(_ folder: String) -> String { folder + "/lock" }
  static func users(_ folder: String) -> String { folder + "/users" }
  static func keep(_ folder: String) -> String { folder + "/keep" }

  /// Makes the folder that the user chose.
  /// - Returns: its path without symbolic links.
  static func makeFolder(_ folder: String, _ user: ServerUser) throws -> String {
    do {
      // Root's server must get through; the data itself is in a folder that only the server can enter.
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: user.isSelf ? 0o700 : 0o755])
    } catch {
      throw ClusterError.folder(
        path: folder, reason: error.localizedDescription, hint: "set CULPRIT_DATA to a folder of your own")
    }
    return URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
  }

  /// Finds the home within a folder; nil when there is none yet.
  init?(existingIn folder: String) {
    self.folder = folder
    let home = folder + "/cluster"
    if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: home) {
      path = target
    } else if FileStatus(home) != nil {
      path = home
    } else {
      return nil
    }
  }

  /// Finds the home within a folder, or decides where it will be.
  init(in folder: String, _ user: ServerUser) throws {
    if let existing = ClusterHome(existingIn: folder) {
      self = existing
    } else if user.canEnter(folder) {
      self.folder = folder
      path = folder + "/cluster"
    } else {
      self.folder = folder
      path = "\(Self.refuge)/\(UUID().uuidString.lowercased())"
      // The link comes first, so that whatever is made there is found again.
      try Self.link(folder + "/cluster", to: path)
    }
  }

  private static func link(_ home: String, to target: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: refuge, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
      try FileManager.default.createSymbolicLink(atPath: home, withDestinationPath: target)
    } catch {
      throw ClusterError.folder(
        path: refuge, reason: error.localizedDescription,
        hint: "set CULPRIT_DATA to a folder that the user postgres can enter")
    }
  }

  /// Whether there is a cluster.
  var exists: Bool { FileStatus(data) != nil }

  /// The version of PostgreSQL that made the cluster, or nil when there is none.
  var version: Int? {
    guard let text = try? String(contentsOfFile: data + "/PG_VERSION", encoding: .utf8) else { return nil }
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
