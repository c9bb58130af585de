import Glibc
import PCRE2

/// Seconds that something takes.
enum Clocks {
  /// CPU time of this thread.
  static func cpu(_ body: () throws -> Void) rethrows -> Double {
    let start = Matcher.threadNanoseconds()
    try body()
    return Double(Matcher.threadNanoseconds() - start) / 1e9
  }

  static func wall(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return Double((ContinuousClock.now - start) / .nanoseconds(1)) / 1e9
  }

  /// CPU time, user and system, of a program and of those that it runs. Its output is thrown away.
  static func process(_ arguments: [String]) throws -> Double {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for output in [CInt(1), 2] { posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0) }
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, arguments[0], &actions, nil, &words, environ)
    guard failure == 0 else { throw Failure.cannotRun(arguments[0]) }
    var usage = rusage()
    var status: CInt = 0
    while wait4(child, &status, 0, &usage) < 0 {}
    // 0 and 1 both are answers; rg and culprit say 2 for an error.
    guard status & 0x7F == 0, (status >> 8) & 0xFF < 2 else { throw Failure.failed(arguments[0], status: status) }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  enum Failure: Error, CustomStringConvertible {
    case cannotRun(String)
    case failed(String, status: CInt)
    /// Whoever finds nothing, or something else, is fast for nothing.
    case differs(findings: Int, matches: Int)

    var description: String {
      switch self {
      case .cannotRun(let program): "cannot run \(program)"
      case .failed(let program, let status): "\(program) failed with status \(status)"
      case .differs(let findings, let matches):
        "\(findings) findings, but \(matches) matches of the plain loop: nothing is measured"
      }
    }
  }
}
