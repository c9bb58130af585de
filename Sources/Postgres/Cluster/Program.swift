import CPostgres
import Foundation

/// Programs that are run apart from this process: in a session of their own, with no files of ours.
enum Program {
  /// Starts a program.
  /// - Parameters:
  ///   - command: the program's path and its arguments.
  ///   - output: the file that its output and errors are appended to. It isn't followed when it is a link.
  /// - Returns: its process, which is a child to be waited for.
  static func start(_ command: [String], output: String) throws -> pid_t {
    let file = SystemCall.open(output, O_WRONLY | O_CREAT | O_APPEND)
    guard file >= 0 else { throw failure("write \(output)", errno) }
    defer { close(file) }

    var environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"]
    if let zone = ProcessInfo.processInfo.environment["TZ"] { environment.append("TZ=\(zone)") }
    let arguments = CStringList(command)
    let variables = CStringList(environment)
    var process: pid_t = 0
    // The system copies the strings before it returns.
    let error = unsafe arguments.withPointers { arguments in
      unsafe variables.withPointers { variables in
        unsafe cpg_spawn(command[0], arguments, variables, file, &process)
      }
    }
    guard error == 0 else { throw failure("run \(command[0])", error) }
    return process
  }

  /// Runs a program to its end.
  /// - Returns: whether it succeeded.
  static func run(_ command: [String], output: String) throws -> Bool {
    let process = try start(command, output: output)
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return false }
    }
    return status == 0
  }

  /// What a program of ours to ask prints.
  static func output(of program: String, _ arguments: [String]) throws -> String {
    let file = NSTemporaryDirectory() + "/culprit-\(UUID().uuidString)"
    defer { SystemCall.remove(file) }
    guard try run([program] + arguments, output: file) else {
      throw ClusterError.failed(operation: "run \(program)", reason: "it failed", log: tail(of: file))
    }
    return try String(contentsOfFile: file, encoding: .utf8)
  }

  /// Whether a child has ended; it is forgotten then.
  static func hasEnded(child: pid_t) -> Bool {
    var status: Int32 = 0
    return unsafe waitpid(child, &status, WNOHANG) == child
  }

  /// The last lines of a log, in one.
  static func tail(of file: String) -> String {
    guard let handle = FileHandle(forReadingAtPath: file), let end = try? handle.seekToEnd() else { return "" }
    try? handle.seek(toOffset: end > 4096 ? end - 4096 : 0)
    let text = String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).suffix(6).joined(separator: "; ")
  }

  private static func failure(_ operation: String, _ error: Int32) -> ClusterError {
    .failed(operation: operation, reason: SystemCall.reason(error), log: "")
  }
}
