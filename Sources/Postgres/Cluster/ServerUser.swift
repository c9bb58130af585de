import Foundation

/// Who runs the server. PostgreSQL refuses to run as root, so root hands it to another user.
struct ServerUser: Sendable {
  let name: String
  let id: uid_t
  let group: gid_t
  /// Whether that is who runs this process.
  let isSelf: Bool

  /// This process's user, or for root `postgres`, else `nobody`.
  static func current() throws -> ServerUser {
    guard geteuid() == 0 else {
      return ServerUser(name: NSUserName(), id: geteuid(), group: getegid(), isSelf: true)
    }
    for name in ["postgres", "nobody"] {
      if let user = ServerUser(named: name) { return user }
    }
    throw ClusterError.failed(
      operation: "start the private database",
      reason: "PostgreSQL can't run as root, and there is no user postgres or nobody", log: "")
  }

  private init(name: String, id: uid_t, group: gid_t, isSelf: Bool) {
    self.name = name
    self.id = id
    self.group = group
    self.isSelf = isSelf
  }

  private init?(named name: String) {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 * 1024)
    // The entry's strings lie in the buffer; only its numbers are read.
    guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
      return nil
    }
    unsafe self.init(name: name, id: entry.pw_uid, group: entry.pw_gid, isSelf: false)
  }

  /// The command that runs a program as this user, from this process.
  func command(_ program: String, _ arguments: [String]) -> [String] {
    if isSelf { return [program] + arguments }
    return ["/usr/bin/setpriv", "--reuid=\(id)", "--regid=\(group)", "--init-groups", program] + arguments
  }

  /// Whether the user can enter a folder, by the permissions of it and of all above it. Access lists aren't looked at.
  func canEnter(_ folder: String) -> Bool {
    if isSelf { return true }
    var folder = folder
    while true {
      guard let status = FileStatus(folder) else { return false }
      let shift: UInt32 = status.owner == id ? 6 : status.group == group ? 3 : 0
      if status.permissions >> shift & 1 == 0 { return false }
      if folder == "/" { return true }
      folder = (folder as NSString).deletingLastPathComponent
    }
  }

  /// Makes a folder that only this user, and root, can enter.
  func makeFolder(_ path: String) throws {
    guard SystemCall.makeFolder(path), isSelf || SystemCall.give(path, to: id, group) else {
      throw ClusterError.folder(
        path: path, reason: SystemCall.reason(), hint: "set CULPRIT_DATA to a folder of your own")
    }
  }
}
