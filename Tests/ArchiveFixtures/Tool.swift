import Foundation

/// The programs whose files we must be able to read.
package enum Tool {
  package struct Failure: Error { package let arguments: [String], status: Int32 }

  /// Runs a program of the `PATH` with bytes on its standard input.
  /// - Returns: its standard output.
  package static func run(_ arguments: String..., input: [UInt8] = []) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    try process.run()
    feed(input, to: stdin.fileHandleForWriting)
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(arguments: arguments, status: process.terminationStatus) }
    return Array(output)
  }

  package static func gzip(_ bytes: [UInt8]) throws -> [UInt8] { try run("gzip", "-nc", input: bytes) }
  package static func zstd(_ bytes: [UInt8]) throws -> [UInt8] { try run("zstd", "-qc", input: bytes) }
  /// A deflate stream without a header: what gzip holds between its header of 10 bytes and its trailer of 8.
  package static func deflate(_ bytes: [UInt8]) throws -> [UInt8] { try Array(gzip(bytes).dropFirst(10).dropLast(8)) }

  /// Writes to a pipe from another thread and closes it; a reader that goes away early is fine.
  package static func feed(_ bytes: [UInt8], to handle: FileHandle) {
    signal(SIGPIPE, SIG_IGN)
    Thread.detachNewThread {
      try? handle.write(contentsOf: Data(bytes))
      try? handle.close()
    }
  }
}
