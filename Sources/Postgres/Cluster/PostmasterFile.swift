import Foundation

/// The file `postmaster.pid`, which a server keeps in its data folder while it runs, and leaves there when it is killed.
///
/// Its lines ("miscadmin.h"): process, data folder, start time, port, socket folder, listen address, shared memory, status.
struct PostmasterFile {
  private let path: String
  private let lines: [String]
  private let dataFolder: String

  let process: pid_t
  let socketFolder: String

  /// Nil when there is none, so that no server runs.
  init?(dataFolder: String) {
    path = dataFolder + "/postmaster.pid"
    self.dataFolder = dataFolder
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = lines.first, let process = pid_t(first), process > 0 else { return nil }
    self.process = process
    socketFolder = lines.count > 4 ? lines[4] : ""
  }

  /// Whether the process is the server of this data folder, and not another program that got its number later.
  var isServerRunning: Bool {
    // A server works in its data folder. A process that has ended and isn't waited for yet has no folder.
    let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
    guard folder == dataFolder, let command = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
    else { return false }
    let program = String(decoding: command.prefix { $0 != 0 }, as: UTF8.self)
    return (program as NSString).lastPathComponent.hasPrefix("postgres")
  }

  /// Lets a server start although the file names a process that exists, and isn't one of this folder.
  ///
  /// PostgreSQL would refuse. The file stays, with a process that can't exist, since PostgreSQL also finds in it the
  /// shared memory that survivors of a killed server may still use.
  func disown() throws {
    let greatestProcess = 1 << 22  // PID_MAX_LIMIT of Linux
    let text = ([String(greatestProcess + 1)] + lines.dropFirst()).joined(separator: "\n")
    let file = SystemCall.open(path, O_WRONLY | O_TRUNC)
    guard file >= 0 else {
      throw ClusterError.folder(
        path: path, reason: SystemCall.reason(), hint: "remove it if no server runs there")
    }
    try FileHandle(fileDescriptor: file, closeOnDealloc: true).write(contentsOf: Data(text.utf8))
  }
}
