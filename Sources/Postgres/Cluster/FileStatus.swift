import Foundation

/// Who a file belongs to and who may do what with it. A symbolic link isn't followed.
struct FileStatus {
  let owner: uid_t
  let group: gid_t
  /// The lower nine bits of the mode.
  let permissions: UInt32
  let isFolder: Bool

  /// Nil when there is no such file, or it can't be looked at.
  init?(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    owner = status.st_uid
    group = status.st_gid
    permissions = UInt32(status.st_mode) & 0o777
    isFolder = status.st_mode & S_IFMT == S_IFDIR
  }
}
