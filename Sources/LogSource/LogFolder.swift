import Compression
import Glibc

/// Walks a folder in the order of its paths' bytes, without following a link anywhere.
///
/// Each entry is opened relative to its open folder and as no link (`openat`, `O_NOFOLLOW`), so that nobody who
/// changes the folder meanwhile can lead the walk out of it, or into a loop.
struct LogFolder {
  private let limits: LogSourceLimits
  private var entriesLeft: Int

  init(limits: LogSourceLimits) {
    self.limits = limits
    entriesLeft = limits.folderEntries
  }

  /// - Parameters:
  ///   - name: display name of the folder.
  ///   - file: called with an open regular file, which it must close, and the file's display name.
  ///   - failure: called for what can't be opened or listed.
  /// - Throws: what `file` throws; `LogSourceError` if there are too many entries.
  mutating func walk(
    _ path: String, _ name: String, file: (Int32, String) throws -> Void, failure: (LogSourceError) -> Void
  ) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LogSourceError(source: name, operation: "open", code: errno) }
    let prefix = name.hasSuffix("/") ? name : name + "/"
    try walk(descriptor, prefix, depth: 0, file, failure)
  }

  private mutating func walk(
    _ descriptor: Int32, _ prefix: String, depth: Int, _ file: (Int32, String) throws -> Void,
    _ failure: (LogSourceError) -> Void
  ) throws {
    guard let directory = fdopendir(descriptor) else {
      close(descriptor)
      failure(LogSourceError(source: prefix, operation: "listing", code: errno))
      return
    }
    // Closes the descriptor as well.
    defer { closedir(directory) }
    for entry in try list(directory, prefix, failure) {
      let name = prefix + DisplayName.sanitised(entry.name, longest: Int(NAME_MAX) * 8)
      let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (entry.isFolder ? O_DIRECTORY : 0)
      let child = openat(descriptor, entry.name.map { CChar(bitPattern: $0) } + [0], flags)
      guard child >= 0 else {
        // ELOOP: it became a link since it was listed. ENOENT: it was removed. Neither is a log any more.
        if errno != ELOOP, errno != ENOENT { failure(LogSourceError(source: name, operation: "open", code: errno)) }
        continue
      }
      guard entry.isFolder else {
        // Between the listing and the opening it may have become a pipe, which would be waited for.
        var status = stat()
        guard fstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
          close(child)
          continue
        }
        try file(child, name)
        continue
      }
      guard depth + 1 < limits.depth else {
        close(child)
        let words = "there are more than \(limits.depth) folders within one another"
        failure(LogSourceError(source: name, kind: .tooLarge(words)))
        continue
      }
      try walk(child, name + "/", depth: depth + 1, file, failure)
    }
  }

  private struct Entry {
    var name: [UInt8]
    var isFolder: Bool
    /// A folder's slash takes part in the order of whole paths: `a.log` comes before `a/b.log`.
    var key: [UInt8] { isFolder ? name + [UInt8(ascii: "/")] : name }
  }

  /// The regular files and folders, sorted.
  private mutating func list(
    _ directory: OpaquePointer, _ prefix: String, _ failure: (LogSourceError) -> Void
  ) throws -> [Entry] {
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let found = readdir(directory) else {
        if errno != 0 { failure(LogSourceError(source: prefix, operation: "listing", code: errno)) }
        break
      }
      // readdir(3): zero-terminated within the entry, which stays until the next call.
      let name = withUnsafeBytes(of: &found.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == [UInt8(ascii: ".")] || name == Array("..".utf8) { continue }
      guard entriesLeft > 0 else {
        throw LogSourceError(source: prefix, kind: .tooLarge("there are more than \(limits.folderEntries) entries"))
      }
      entriesLeft -= 1
      if name.first == UInt8(ascii: ".") { continue }
      // Not every file system tells the kind in the listing, so it is always asked for.
      var status = stat()
      guard fstatat(dirfd(directory), name.map { CChar(bitPattern: $0) } + [0], &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFREG: entries.append(Entry(name: name, isFolder: false))
      case S_IFDIR: entries.append(Entry(name: name, isFolder: true))
      default: continue
      }
    }
    return entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }
}
