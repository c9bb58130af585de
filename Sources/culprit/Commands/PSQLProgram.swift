import Foundation
import Synchronization

/// PostgreSQL's own client, as a child of this process.
enum PSQLProgram {
  /// Runs it to its end. If the task is cancelled, it is ended.
  /// - Returns: its exit code; 2 if a signal ended it.
  /// - Throws: `Failure` if there is none; `CancellationError`.
  static func run(_ url: String, _ arguments: [String]) async throws -> Int32 {
    let (address, password) = split(url)
    // A password goes by the environment: everyone on the machine can read the arguments.
    var environment = ProcessInfo.processInfo.environment
    if let password { environment["PGPASSWORD"] = password }
    // Both get the terminal's Ctrl-C, and psql has a handler of its own for it.
    let before = signal(SIGINT, SIG_IGN)
    defer { signal(SIGINT, before) }
    let child = Child(try start(["psql"] + (address.isEmpty ? [] : ["--dbname", address]) + arguments, environment))
    let status = await withTaskCancellationHandler {
      await withCheckedContinuation { done in
        // Waiting blocks a thread, which must not be one of the cooperative pool.
        DispatchQueue.global().async { done.resume(returning: child.wait()) }
      }
    } onCancel: {
      child.end()
    }
    try Task.checkCancellation()
    return status
  }

  /// Starts it in this process's own process group: with one of its own, as Foundation's `Process` gives it, it may not read from the
  /// terminal.
  private static func start(_ command: [String], _ environment: [String: String]) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What is ignored here would be ignored there, too, and what this thread blocks would be blocked.
    var (signals, blocked) = (sigset_t(), sigset_t())
    sigemptyset(&blocked)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    let words = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var process: pid_t = 0
    guard posix_spawnp(&process, "psql", nil, &attributes, words, variables) == 0 else {
      throw Failure("psql can't be started", hint: "apt-get install postgresql-client")
    }
    return process
  }

  /// Takes the password out of a connection string, be it a URI or a list of keyword=value.
  private static func split(_ url: String) -> (address: String, password: String?) {
    let keyword = /\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)/
    if !url.contains("://"), let match = url.firstMatch(of: keyword) {
      let quoted = match.output.1
      let password =
        quoted.hasPrefix("'")
        ? String(quoted.dropFirst().dropLast()).replacing(/\\(.)/, with: { String($0.output.1) }) : String(quoted)
      return (url.replacing(keyword, with: ""), password)
    }
    guard var parts = URLComponents(string: url), let password = parts.password else { return (url, nil) }
    parts.password = nil
    return (parts.string ?? url, password)
  }

  /// A process that is waited for once, and that can be ended until then.
  private final class Child: Sendable {
    private let number: pid_t
    private let isThere = Mutex(true)

    init(_ number: pid_t) { self.number = number }

    func end() { isThere.withLock { if $0 { kill(number, SIGTERM) } } }

    func wait() -> Int32 {
      // First without taking its number away from it, which another process could get before `end` knows.
      var ended = siginfo_t()
      while waitid(P_PID, id_t(number), &ended, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      return isThere.withLock { isThere in
        isThere = false
        var status: Int32 = 0
        guard waitpid(number, &status, 0) == number, status & 0x7F == 0 else { return 2 }
        return (status >> 8) & 0xFF
      }
    }
  }
}
