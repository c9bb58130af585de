import Foundation

/// The folder of the server's socket. Only the server's user can enter it, which is what keeps others out: whoever can
/// reach the socket is let in.
struct SocketFolder {
  static let port = "5432"

  /// `sun_path` has room for this many bytes and a NUL (`unix(7)`).
  private static let longestPath = 107

  let path: String
  /// Whether it lies apart from the data, where nobody would look for it.
  let isApart: Bool

  /// Chooses the folder: beside the data, unless that path is too long for a socket or has characters that mean
  /// something in a setting of PostgreSQL or in a URL; then a short one by the data folder's name.
  init(home: String, user: ServerUser) {
    let own = home + "/socket"
    if Self.fits(own) {
      path = own
      isApart = false
      return
    }
    let name = "culprit-\(user.id)-\(Self.hash(home))"
    let runtime = user.isSelf ? ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] : nil
    let folders = [runtime.map { "\($0)/\(name)" }, "/tmp/\(name)"].compactMap(\.self)
    path = folders.first(where: Self.fits) ?? "/tmp/\(name)"
    isApart = true
  }

  /// The folder that a server uses, if it is one that this type chooses. A process with another `XDG_RUNTIME_DIR` has started it.
  init?(inUse path: String, home: String, user: ServerUser) {
    let own = SocketFolder(home: home, user: user)
    guard own.isApart, (path as NSString).lastPathComponent == (own.path as NSString).lastPathComponent else { return nil }
    self.path = path
    isApart = true
  }

  /// Makes the folder, or makes sure that nobody else made it or can enter it.
  func prepare(for user: ServerUser) throws {
    if FileStatus(path) == nil { try user.makeFolder(path) }
    guard let status = FileStatus(path), status.isFolder, status.owner == user.id,
      status.permissions & 0o077 == 0
    else {
      throw ClusterError.folder(
        path: path, reason: "it isn't a folder that only \(user.name) can enter", hint: "remove it")
    }
  }

  /// Removes what a server that was killed left behind.
  func removeLeftovers() {
    SystemCall.remove(path + "/.s.PGSQL.\(Self.port)")
    SystemCall.remove(path + "/.s.PGSQL.\(Self.port).lock")
  }

  /// Removes a folder that lies apart, when its server has stopped. Only one that is empty goes, and no link is followed (`rmdir(2)`).
  func remove() {
    guard isApart else { return }
    removeLeftovers()
    SystemCall.removeFolder(path)
  }

  private static func fits(_ folder: String) -> Bool {
    let isPlain = folder.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isPlain && (folder + "/.s.PGSQL.\(port)").utf8.count <= longestPath
  }

  /// FNV-1a with 64 bits: the same in every process, unlike Swift's own hashes.
  private static func hash(_ text: String) -> String {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return String(hash, radix: 36)
  }
}
