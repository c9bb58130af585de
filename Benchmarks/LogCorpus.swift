/// Logs of several tools, generated: with times or without, colours, progress bars, long command lines, and an error now and then.
final class LogCorpus {
  private var words: LogWords
  private var step = 0

  private typealias Kind = (weight: Int, line: (LogCorpus) -> () -> String)

  init(seed: UInt64) { words = LogWords(random: BenchRandom(seed: seed)) }

  /// Logs of so many bytes together, of a hundred kilobytes to some megabytes each.
  func logs(bytes: Int) -> [[UInt8]] {
    var logs: [[UInt8]] = []
    var left = bytes
    while left > 0 {
      let log = log(bytes: min(left, 100_000 << words.number(6)))
      left -= log.count
      logs.append(log)
    }
    return logs
  }

  func log(bytes: Int) -> [UInt8] {
    let kinds = words.random.pick(Self.tools)
    let choices = kinds.flatMap { Array(repeating: $0.line, count: $0.weight) }
    let hasTimes = words.number(10) < 7
    let ending = words.number(12) == 0 ? "\r\n" : "\n"
    var log: [UInt8] = []
    log.reserveCapacity(bytes + 4_096)
    var tick = 0
    while log.count < bytes {
      let text = words.number(2_000) == 0 ? error() : words.random.pick(choices)(self)()
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        tick += 1
        if hasTimes { log += time(tick).utf8 }
        log += line.utf8
        log += ending.utf8
      }
    }
    return log
  }

  private func time(_ tick: Int) -> String {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    let seconds = tick / 37
    let time = "\(padded(seconds / 3600 % 24, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return "2026-03-01T\(time).\(padded(tick * 271_828 % 10_000_000, 7))Z "
  }

  // MARK: - Lines

  private static var tools: [[Kind]] {
    [
      [
        (40, LogCorpus.ninja), (4, LogCorpus.warning), (16, LogCorpus.pytestColoured), (14, LogCorpus.pytest),
        (8, LogCorpus.unittest), (3, LogCorpus.actions), (3, LogCorpus.pip), (6, LogCorpus.service), (3, LogCorpus.git),
        (2, LogCorpus.blank), (1, LogCorpus.progress),
      ],
      [
        (30, LogCorpus.pytestColoured), (15, LogCorpus.pytest), (12, LogCorpus.pip), (22, LogCorpus.service),
        (3, LogCorpus.actions), (8, LogCorpus.unittest), (3, LogCorpus.blank), (1, LogCorpus.progress),
      ],
      [
        (35, LogCorpus.npm), (35, LogCorpus.jest), (4, LogCorpus.actions), (8, LogCorpus.service), (1, LogCorpus.progress),
        (4, LogCorpus.docker), (6, LogCorpus.blank),
      ],
      [(60, LogCorpus.gradle), (25, LogCorpus.service), (3, LogCorpus.actions), (5, LogCorpus.docker), (4, LogCorpus.blank)],
      [
        (60, LogCorpus.docker), (10, LogCorpus.pip), (8, LogCorpus.npm), (4, LogCorpus.actions), (6, LogCorpus.cargo),
        (2, LogCorpus.progress), (5, LogCorpus.git), (2, LogCorpus.blank),
      ],
      [
        (60, LogCorpus.cargo), (4, LogCorpus.actions), (6, LogCorpus.docker), (6, LogCorpus.git), (5, LogCorpus.service),
        (1, LogCorpus.hyperlink),
      ],
      [(70, LogCorpus.go), (4, LogCorpus.actions), (8, LogCorpus.docker), (4, LogCorpus.git), (6, LogCorpus.service)],
    ]
  }

  private func ninja() -> String {
    step += 1
    let file = words.file("cpp")
    guard words.number(8) == 0 else {
      return "[\(step % 7_000)/7000] Building CXX object \(words.folder())/CMakeFiles/torch_cpu.dir/\(file).o"
    }
    let includes = (0..<9).map { _ in "-I/var/lib/jenkins/workspace/\(words.folder())" }.joined(separator: " ")
    return
      "[\(step % 7_000)/7000] /opt/cache/bin/sccache /opt/cache/bin/c++ -DUSE_DISTRIBUTED -D_FILE_OFFSET_BITS=64 \(includes) -Wall -Wextra"
      + " -Werror=return-type -Wno-unused-parameter -O3 -DNDEBUG -fPIC -std=gnu++17 -MD -MT CMakeFiles/torch_cpu.dir/\(file).o"
      + " -MF CMakeFiles/torch_cpu.dir/\(file).o.d -o CMakeFiles/torch_cpu.dir/\(file).o -c /var/lib/jenkins/workspace/\(file)"
  }
  private func warning() -> String {
    "\u{1B}[01m\u{1B}[K/var/lib/jenkins/workspace/\(words.file("cpp")):\(words.number(3_000)):\(words.number(90)):\u{1B}[m\u{1B}[K \u{1B}[01;35m\u{1B}[K"
      + "warning: \u{1B}[m\u{1B}[Kunused variable ‘\u{1B}[01m\u{1B}[K\(words.name())\u{1B}[m\u{1B}[K’ [\u{1B}[01;35m\u{1B}[K-Wunused-variable\u{1B}[m\u{1B}[K]\n"
      + " \(words.number(3_000)) |     auto \(words.name()) = \(words.name())(\(words.name()));\n      |          \u{1B}[01;35m\u{1B}[K^~~~~~~~~\u{1B}[m\u{1B}[K"
  }
  private func pytestColoured() -> String {
    "\(words.file("py"))::\(words.type())::test_\(words.name())_\(words.random.pick(["cpu", "cuda"]))_float32 \u{1B}[32mPASSED\u{1B}[0m"
      + " [\(words.seconds())s]\u{1B}[32m [ \(words.number(100))%]\u{1B}[0m"
  }
  private func pytest() -> String {
    "\(words.file("py"))::\(words.type())::test_\(words.name()) \(words.random.pick(["PASSED", "PASSED", "PASSED", "SKIPPED", "XFAIL"])) [\(words.seconds())s] [ \(words.number(100))%]"
  }
  private func unittest() -> String {
    "test_\(words.name()) (__main__.\(words.type())) ... \(words.random.pick(["ok", "ok", "ok", "skipped"])) (\(words.seconds())s)"
  }
  private func npm() -> String {
    let what = words.random.pick([
      "http fetch GET 200 https://registry.npmjs.org/", "WARN deprecated ", "timing idealTree:#root ", "info run ",
    ])
    return "npm \(what)@\(words.word())/\(words.name())@\(words.version()) \(words.number(900))ms"
  }
  private func gradle() -> String {
    switch words.number(4) {
    case 0:
      "> Task :\(words.word()):\(words.word()):\(words.random.pick(["compileJava", "processResources UP-TO-DATE", "classes", "compileKotlin FROM-CACHE", "test"]))"
    case 1: "\u{1B}[1m> Task :\(words.word()):compileJava\u{1B}[m"
    case 2: "\(words.type()) > test\(words.type())() PASSED"
    default: "    at org.\(words.word()).\(words.word()).\(words.type()).\(words.name())(\(words.type()).java:\(words.number(900)))"
    }
  }
  private func docker() -> String {
    let step = words.number(40)
    return switch words.number(4) {
    case 0:
      "#\(step) \(words.seconds()) Get:\(words.number(400)) http://archive.ubuntu.com/ubuntu jammy/main amd64 lib\(words.word())-\(words.word()) amd64 \(words.version())-1ubuntu\(words.number(4)) [\(words.number(900)) kB]"
    case 1: "#\(step) sha256:\(words.random.hex(64)) \(words.seconds())MB / \(words.seconds())MB \(words.number(9))s"
    case 2: "#\(step) \(words.seconds()) Unpacking lib\(words.word())-\(words.word()):amd64 (\(words.version())) ..."
    default: "\(words.random.hex(12)): Pull complete"
    }
  }
  private func progress() -> String {
    (0..<4 + words.number(7)).map {
      "Downloading \($0 * 10)%|\(String(repeating: "#", count: $0))| \($0 * 3).1MB/31MB [00:0\($0)<00:01]"
    }.joined(separator: "\r")
  }
  private func git() -> String {
    switch words.number(3) {
    case 0: " * [new branch]              \(words.folder()) -> origin/\(words.folder())"
    case 1: " * [new tag]                 v\(words.version()) -> v\(words.version())"
    default: "HEAD is now at \(words.random.hex(9)) \(words.word()) \(words.word()) \(words.word()) (#\(words.number(90_000)))"
    }
  }
  private func cargo() -> String {
    switch words.number(4) {
    case 0: "\u{1B}[0m\u{1B}[1m\u{1B}[32m   Compiling\u{1B}[0m \(words.word())-\(words.word()) v\(words.version())"
    case 1: "   Compiling \(words.word())_\(words.word()) v\(words.version())"
    case 2: "test \(words.word())::\(words.word())::tests::\(words.name()) ... \u{1B}[32mok\u{1B}[0m"
    default: "test \(words.word())::\(words.word())::\(words.name()) ... ok"
    }
  }
  private func go() -> String {
    switch words.number(4) {
    case 0: "=== RUN   Test\(words.type())/\(words.name())"
    case 1: "--- PASS: Test\(words.type()) (\(words.seconds())s)"
    case 2: "ok  \tgithub.com/\(words.word())/\(words.folder())\t\(words.seconds())s"
    default:
      "I0101 00:00:00.\(100_000 + words.number(900_000)) \(words.number(9_999)) \(words.word()).go:\(words.number(900))] \(words.word()) \(words.word()) reconciled in \(words.seconds())ms"
    }
  }
  private func actions() -> String {
    switch words.number(5) {
    case 0: "##[group]Run actions/\(words.word())@v\(words.number(5))"
    case 1: "##[endgroup]"
    case 2: "  \(words.word().uppercased())_\(words.word().uppercased()): /home/runner/work/\(words.word())/\(words.word())"
    case 3: "env: \(words.word().uppercased())=\(words.random.hex(40))"
    default: "[command]/usr/bin/tar --posix -cf cache.tzst --exclude cache.tzst -P -C /home/runner/work/\(words.word())"
    }
  }
  private func service() -> String {
    "2026-03-01 12:00:\(10 + words.number(50)),\(100 + words.number(900)) \(words.random.pick(["INFO", "INFO", "DEBUG", "WARNING"])) [\(words.word()).\(words.word())] \(words.word()) \(words.word()) \(words.word()) \(words.name())=\(words.number(99_999)) retries=\(words.number(3))"
  }
  private func jest() -> String {
    switch words.number(3) {
    case 0:
      "\u{1B}[32m  ✓\u{1B}[0m \u{1B}[2mshould \(words.word()) \(words.word()) \(words.word()) (\(words.number(90)) ms)\u{1B}[0m"
    case 1: "    ✓ \(words.word()) \(words.word()) (\(words.number(90)) ms)"
    default:
      "\u{1B}[0m\u{1B}[7m\u{1B}[1m\u{1B}[32m PASS \u{1B}[39m\u{1B}[22m\u{1B}[27m\u{1B}[0m \u{1B}[2m\(words.folder())/\u{1B}[22m\u{1B}[1m\(words.name()).test.ts\u{1B}[22m"
    }
  }
  private func pip() -> String {
    switch words.number(3) {
    case 0:
      "Requirement already satisfied: \(words.word())-\(words.word())>=\(words.number(9)).\(words.number(9)) in /opt/conda/lib/python3.10/site-packages (from \(words.word())) (\(words.version()))"
    case 1: "Collecting \(words.word())-\(words.word())==\(words.version())"
    default: "  Downloading \(words.word())_\(words.word())-\(words.version())-py3-none-any.whl (\(words.number(900)) kB)"
    }
  }
  private func hyperlink() -> String {
    "\u{1B}]8;;https://ci.example.org/\(words.folder())\u{07}\(words.name())\u{1B}]8;;\u{07} uploaded \(words.number(999)) kB"
  }
  private func blank() -> String { "" }

  private func error() -> String {
    switch words.number(14) {
    case 0: "RuntimeError: CUDA out of memory. Tried to allocate \(words.number(900)).00 MiB (GPU 0; 15.75 GiB total capacity)"
    case 1: "clang: error: linker command failed with exit code 1 (use -v to see invocation)"
    case 2: "E   AssertionError: assert \(words.name()) == \(words.name())"
    case 3: "FAILED \(words.file("py"))::\(words.type())::test_\(words.name()) - RuntimeError: \(words.word())"
    case 4: "curl: (56) Recv failure: Connection reset by peer"
    case 5: "##[error]Process completed with exit code \(words.number(137))."
    case 6:
      "/var/lib/jenkins/workspace/\(words.file("cpp")):\(words.number(999)):\(words.number(80)): error: ‘\(words.name())’ was not declared in this scope"
    case 7: "ModuleNotFoundError: No module named '\(words.word())'"
    case 8: "npm ERR! network request to https://registry.npmjs.org/\(words.word()) failed, reason: socket hang up"
    case 9: "> Task :\(words.word()):compileJava FAILED"
    case 10: "error[E0\(100 + words.number(600))]: cannot find value `\(words.name())` in this scope"
    case 11: "--- FAIL: Test\(words.type()) (\(words.seconds())s)"
    case 12: "fatal: unable to access 'https://github.com/\(words.word())/\(words.word())/': Could not resolve host: github.com"
    default: "OSError: [Errno 28] No space left on device"
    }
  }
}
