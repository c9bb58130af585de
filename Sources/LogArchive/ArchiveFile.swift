import Glibc

/// A file of the archive that is being written: removed with this value unless it was published.
struct ArchiveFile: ~Copyable {
  let descriptor: Int32
  private let path: String

  /// Makes a new file (mode 0600) with a name that nobody else uses.
  init(creatingIn folder: String) throws(ArchiveError) {
    let name = String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    let path = folder + "/" + name
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ArchiveError(operation: "creating a file", code: errno) }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// Flushes the file to disk and gives it its final name, of which the disk knows when this returns.
  consuming func publish(as final: String, in folder: String) throws(ArchiveError) {
    // Some file systems tell only now that there is no room.
    guard fsync(descriptor) == 0 else { throw ArchiveError(operation: "flushing a file", code: errno) }
    guard rename(path, final) == 0 else { throw ArchiveError(operation: "renaming a file", code: errno) }
    try ArchiveFile.flushFolder(folder)
    // What `deinit` unlinks is gone by now, and names are never used again.
  }

  /// Gives the file its final name, in place of what had it. After a crash of the machine it may be there in part, or not at all.
  consuming func replace(_ final: String) throws(ArchiveError) {
    guard rename(path, final) == 0 else { throw ArchiveError(operation: "renaming a file", code: errno) }
  }

  mutating func write(_ text: String) throws(ArchiveError) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw ArchiveError(operation: "writing a file", code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Flushes the file to disk and gives it its final name, unless there is a file of that name.
  consuming func publishUnlessThere(as final: String, in folder: String) throws(ArchiveError) {
    guard fsync(descriptor) == 0 else { throw ArchiveError(operation: "flushing a file", code: errno) }
    if link(path, final) != 0, errno != EEXIST {
      // Not every file system has links; two who do this at once there end with the later one's.
      guard [EPERM, ENOTSUP, ENOSYS].contains(errno), rename(path, final) == 0 else {
        throw ArchiveError(operation: "naming a file", code: errno)
      }
    }
    try ArchiveFile.flushFolder(folder)
  }

  /// The only word of a small file; nil if there is no such file, or none in it.
  static func word(in path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    let word = String(decoding: bytes.prefix(count), as: UTF8.self).filter { !$0.isWhitespace }
    return word.isEmpty ? nil : word
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Makes a folder (mode 0700) if it isn't there. The disk knows of it when this returns.
  static func makeFolder(_ path: String) throws(ArchiveError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw ArchiveError(operation: "making a folder", code: errno) }
    // The name is kept by the folder above; if someone else has just made it, they may not have got to this yet.
    try flushFolder(path + "/..")
  }

  /// Makes a folder and, first, those that it is in.
  static func makeFolders(_ path: String) throws(ArchiveError) {
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    if !parent.isEmpty, !exists(parent) { try makeFolders(parent) }
    try makeFolder(path)
  }

  /// Has the disk know of all names in a folder when this returns.
  static func flushFolder(_ path: String) throws(ArchiveError) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw ArchiveError(operation: "opening a folder", code: errno) }
    defer { close(folder) }
    // Some file systems can't flush folders (EINVAL); they know of the name in another way, or not before a crash.
    guard fsync(folder) == 0 || errno == EINVAL else { throw ArchiveError(operation: "flushing a folder", code: errno) }
  }

  /// Removes the regular files that were last written before a time, in seconds since 1970.
  /// - Returns: how many.
  static func removeFiles(in folder: String, untouchedSince time: Int) throws(ArchiveError) -> Int {
    guard let directory = opendir(folder) else { throw ArchiveError(operation: "opening a folder", code: errno) }
    defer { closedir(directory) }
    var removed = 0
    while let entry = readdir(directory) {
      // readdir(3): the name is zero-terminated, and the entry stays until the next call.
      withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { name in
          var status = stat()
          guard fstatat(dirfd(directory), name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFREG, status.st_mtim.tv_sec < time
          else { return }
          if unlinkat(dirfd(directory), name, 0) == 0 { removed += 1 }
        }
      }
    }
    return removed
  }
}
