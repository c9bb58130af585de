import ArchiveFixtures
import Foundation
import LogArchive
import Testing

/// A file system of its own, small enough to fill.
private final class SmallDisk: Sendable {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    _ = try Tool.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", scratch.path)
  }

  deinit { _ = try? Tool.run("umount", scratch.path) }

  static let isPossible: Bool = geteuid() == 0 && (try? SmallDisk()) != nil
}

@Suite struct FullDiskTests {
  @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount a tmpfs"))
  func aFullDiskIsAnErrorThatLeavesNothing() throws {
    let disk = try SmallDisk()
    let archive = try LogArchive(folder: disk.scratch("archive"))
    var left = 40
    let error = #expect(throws: ArchiveError.self) {
      try archive.store { buffer in
        left -= 1
        guard left > 0 else { return 0 }
        buffer.copyBytes(from: Fixture.noise(bytes: buffer.count, seed: UInt64(left)))
        return buffer.count
      }
    }
    #expect(error == .full)
    #expect(error?.isRetryable == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.scratch("archive")).sorted() == ["id", "tmp"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.scratch("archive/tmp")).isEmpty)
  }
}
