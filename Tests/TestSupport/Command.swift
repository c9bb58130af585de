import Foundation
import Synchronization

/// A run of the program, as a user would run it.
package struct Command {
  package let status: Int32
  package let output: String
  package let errors: String

  /// The lines of standard output.
  package var lines: [Substring] { output.split(separator: "\n") }

  /// Standard output as JSON Lines.
  package func json() throws -> [[String: Any]] {
    try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
  }

  /// Runs `culprit`, which lies beside the tests' own program, to its end.
  ///
  /// - Parameters:
  ///   - environment: added to one that names no database and no home of anyone's.
  ///   - input: what standard input holds.
  package static func culprit(
    _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [], folder: String? = nil
  ) async throws -> Command {
    let process = try start(arguments, environment: environment, input: input, folder: folder)
    return try await finish(process)
  }

  /// A process that is running, with its ends.
  package final class Running: Sendable {
    package let processIdentifier: pid_t
    /// As wait(2) tells it; nil until it has ended.
    private let status = Mutex<Int32?>(nil)
    fileprivate let place: URL

    fileprivate init(processIdentifier: pid_t, place: URL) {
      self.processIdentifier = processIdentifier
      self.place = place
    }

    package var isRunning: Bool { wait(WNOHANG) == nil }

    /// What it has written so far.
    package var output: String { text("out") }
    package var errors: String { text("err") }

    fileprivate func text(_ name: String) -> String {
      String(decoding: (try? Data(contentsOf: place.appending(path: name))) ?? Data(), as: UTF8.self)
    }

    /// The most memory that it had until now, in bytes.
    ///
    /// `VmHWM` of `/proc/PID/status` is the program's own; what wait4(2) tells begins with that of the process that started it.
    package var peakBytes: Int? {
      let status = (try? String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1_024 }
    }

    /// The exit code, or the number of the signal that ended it.
    fileprivate func waitUntilExit() async -> Int32 {
      let ended = await withCheckedContinuation { done in
        // On a thread of its own: Swift's threads are few, and other tests need them.
        Thread.detachNewThread {
          while true {
            guard let ended = self.wait(0) else { continue }
            done.resume(returning: ended)
            return
          }
        }
      }
      return ended & 0x7F == 0 ? (ended >> 8) & 0xFF : ended & 0x7F
    }

    private func wait(_ options: Int32) -> Int32? {
      if let known = status.withLock(\.self) { return known }
      var ended: Int32 = 0
      let result = waitpid(processIdentifier, &ended, options)
      // Someone else has waited for it: nobody will ever know how it ended.
      if result < 0, errno == ECHILD { ended = SIGKILL } else if result != processIdentifier { return nil }
      return status.withLock { status in
        status = status ?? ended
        return status
      }
    }
  }

  package static func start(
    _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [], folder: String? = nil
  ) throws -> Running {
    try start([try program] + arguments, variables: environment, input: input, folder: folder)
  }

  /// Runs a script of bash, in which `$CULPRIT` is the program, to its end.
  package static func bash(_ script: String, environment: [String: String] = [:]) async throws -> Command {
    var variables = environment
    variables["CULPRIT"] = try program
    return try await finish(try start(["/bin/bash", "-c", script], variables: variables, input: [], folder: nil))
  }

  private static var program: String {
    get throws {
      let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      return URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "culprit").path
    }
  }

  private static func start(
    _ command: [String], variables given: [String: String], input: [UInt8], folder: String?
  ) throws -> Running {
    var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent", "TZ": "UTC"]
    for (name, value) in given { variables[name] = value }
    // Files and not pipes: nobody has to read both at once, and a killed process leaves what it wrote.
    let place = FileManager.default.temporaryDirectory.appending(path: "culprit-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Data(input).write(to: place.appending(path: "in"))

    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, place.appending(path: "in").path, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, place.appending(path: "out").path, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&files, 2, place.appending(path: "err").path, O_WRONLY | O_CREAT, 0o600)
    OpenFiles.close(in: &files)
    var words = (["env", "-C", folder ?? "/"] + command).map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + settings { free(word) } }
    var process: pid_t = 0
    let error = posix_spawn(&process, "/usr/bin/env", &files, nil, &words, &settings)
    guard error == 0 else { throw POSIXError(POSIXErrorCode(rawValue: error) ?? .EINVAL) }
    return Running(processIdentifier: process, place: place)
  }

  /// Waits for its end, with no thread of Swift's.
  package static func finish(_ running: Running) async throws -> Command {
    let status = await running.waitUntilExit()
    defer { try? FileManager.default.removeItem(at: running.place) }
    return Command(status: status, output: running.output, errors: running.errors)
  }
}

/// A folder for one test, which goes with the value.
package final class ScratchFolder: Sendable {
  package let path: String

  package init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "culprit-scratch-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, and the folders that it is in. Returns its path.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// Writes a pattern file with examples that hold.
  @discardableResult
  package func pattern(
    _ id: String, match: String, hit: String, verdict: String = "failure", more: String = ""
  ) throws -> String {
    try write(
      """
      title: \(id) was found
      match: '\(match)'
      verdict: \(verdict)
      \(verdict == "failure" ? "" : "review-by: 2099-01-01\n")\(more)
      examples:
        hit: ['\(hit)']
        miss: ['all is well']
      """, to: "patterns/\(id).yaml")
  }
}
