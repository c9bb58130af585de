import Foundation

/// A run of `cluster-tool`, which stands beside the tests' own program.
///
/// What waits for it does so on a thread of its own: Swift's threads are few, and other tests need them.
final class ClusterToolProcess: @unchecked Sendable {
  // Used by one test, one step after the other.
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ command: String, _ folder: String) throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "cluster-tool")
    process.arguments = [command, folder]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  /// The address that it prints once it has the cluster.
  func readURL() async -> String {
    await onThread {
      var line = Data()
      while let byte = try? self.output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8), !byte.isEmpty {
        line += byte
      }
      return String(decoding: line, as: UTF8.self)
    }
  }

  /// Lets it release the cluster.
  func endInput() {
    try? input.fileHandleForWriting.close()
  }

  /// Waits until its output ends, and it.
  /// - Returns: its exit code, or the signal that ended it.
  func finish() async -> Int32 {
    await onThread {
      _ = try? self.output.fileHandleForReading.readToEnd()
      self.process.waitUntilExit()
      return self.process.terminationStatus
    }
  }

  private func onThread<Value: Sendable>(_ body: @Sendable @escaping () -> Value) async -> Value {
    await withCheckedContinuation { done in Thread.detachNewThread { done.resume(returning: body()) } }
  }
}
