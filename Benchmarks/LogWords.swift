/// What generated logs and patterns are made of.
struct LogWords {
  static let common =
    """
    aten torch core util base common test native kernel tensor storage dispatch engine graph node module parser lexer token stream buffer socket
    client server request response session cache index query model layer linear batch norm pool optim data loader sampler worker queue thread
    lock memory alloc page block file path net logger config option flag value string int float double vector map set list array tree hash sign
    verify auth user role policy rule event message topic broker sql entity service controller view template render style component hook state
    store action link button input form field table row column chart image video codec format encode decode compress archive build make cmake
    gradle maven npm yarn pip cargo rustc clang gcc link object symbol section debug info
    """.split { $0 == " " || $0 == "\n" }.map(String.init)
  /// Words that errors are told with; rarer in what isn't one.
  static let alarming =
    "error warning failure exception handler timeout retry connection refused reset failed assert expect skip mock".split(
      separator: " "
    ).map(String.init)

  var random: BenchRandom

  mutating func word() -> String { random.below(60) == 0 ? random.pick(Self.alarming) : random.pick(Self.common) }
  mutating func name() -> String { random.below(3) == 0 ? "\(word())_\(word())_\(word())" : "\(word())_\(word())" }
  mutating func type() -> String {
    word().capitalized + word().capitalized + random.pick(["", "Test", "Impl", "Factory", "Helper", "Config", "Error"])
  }
  mutating func folder() -> String { (0..<2 + random.below(4)).map { _ in word() }.joined(separator: "/") }
  mutating func file(_ ending: String) -> String { "\(folder())/\(name()).\(ending)" }
  mutating func number(_ below: Int) -> Int { random.below(below) }
  mutating func version() -> String { "\(number(10)).\(number(30)).\(number(20))" }
  mutating func seconds() -> String { "\(number(60)).\(100 + number(900))" }
}
