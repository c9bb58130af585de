import Foundation

/// What this process has open beside its standard input, output and errors.
enum OpenFiles {
  /// Keeps it from a program that is started: not all libraries mark their sockets, and those of other tests would stay open in it.
  static func close(in actions: inout posix_spawn_file_actions_t) {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    // Other tests open some meanwhile. A number that nothing has is passed over.
    let end = (numbers.compactMap { Int32($0) }.max() ?? 0) + 64
    for number in 3..<max(3, end) { posix_spawn_file_actions_addclose(&actions, number) }
  }
}
