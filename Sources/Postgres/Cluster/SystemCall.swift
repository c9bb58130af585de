import Foundation

/// The system's calls that take paths, which Foundation lacks or does less exactly.
///
/// A Swift string that is passed as a C string lives until the call returns, and none of these calls keeps it.
enum SystemCall {
  /// Opens a file that isn't inherited by programs. A link isn't followed: some folders belong to another user, and
  /// root must not be led elsewhere.
  /// - Returns: a descriptor, or a negative number.
  static func open(_ path: String, _ flags: Int32) -> Int32 {
    unsafe Foundation.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
  }

  /// Removes a file if it is there.
  static func remove(_ path: String) {
    _ = unsafe unlink(path)
  }

  /// Removes a folder if it is there and empty.
  static func removeFolder(_ path: String) {
    _ = unsafe rmdir(path)
  }

  /// Moves a file or a folder within its disk, at once.
  /// - Returns: whether that worked.
  static func move(_ path: String, to target: String) -> Bool {
    unsafe rename(path, target) == 0
  }

  /// Makes a folder that only its owner can enter.
  /// - Returns: whether that worked.
  static func makeFolder(_ path: String) -> Bool {
    unsafe mkdir(path, 0o700) == 0
  }

  /// Gives a file or a folder to a user.
  /// - Returns: whether that worked.
  static func give(_ path: String, to user: uid_t, _ group: gid_t) -> Bool {
    unsafe lchown(path, user, group) == 0
  }

  /// Says what an `errno` means.
  static func reason(_ error: Int32 = errno) -> String {
    unsafe String(cString: strerror(error))
  }
}
