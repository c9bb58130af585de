import ArgumentParser
import Foundation

@main
enum Entry {
  static func main() async {
    // A reader that went away (`culprit … | head`) is an error of write(2), not a reason to die of a signal.
    signal(SIGPIPE, SIG_IGN)
    // Of closed standard streams the numbers would go to the next files opened, and output into a lock or a socket.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
    do {
      var command = try Culprit.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      Output.flush()
      try Output.check()
    } catch {
      Output.flush()
      finish(error)
    }
  }

  private static func finish(_ error: any Error) -> Never {
    if let end = error as? Output.Ended ?? Output.end { exit(end.code) }
    if let failure = Failure(describing: error) {
      failure.print()
      exit(failure.code)
    }
    // What is left is the parser's: help and version go to standard output, usage errors to standard error.
    let code = Culprit.exitCode(for: error)
    if code.isSuccess {
      Output.write(Culprit.fullMessage(for: error) + "\n")
      Output.flush()
      exit(0)
    }
    // 64 (EX_USAGE) would be one code more for scripts to know.
    Failure(usage: error)?.print()
    exit(code.rawValue == 64 ? 2 : code.rawValue)
  }
}
