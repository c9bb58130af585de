import Glibc

/// Memory between two pages that end the process if they are touched.
final class GuardedMemory {
  let count: Int
  private let mapping: UnsafeMutableRawPointer
  private let mapped: Int

  /// - Parameter capacity: is rounded up to whole pages.
  init(capacity: Int) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    count = (capacity + page - 1) / page * page
    mapped = count + 2 * page
    guard let mapping = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), mapping != MAP_FAILED,
      mprotect(mapping, page, PROT_NONE) == 0, mprotect(mapping + page + count, page, PROT_NONE) == 0
    else { fatalError("no memory: \(errno)") }
    self.mapping = mapping
  }

  deinit { munmap(mapping, mapped) }

  private var start: UnsafeMutablePointer<UInt8> {
    (mapping + (mapped - count) / 2).assumingMemoryBound(to: UInt8.self)
  }

  /// So many bytes, right behind the first of the pages.
  func first(_ bytes: Int) -> UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(start: start, count: bytes) }

  /// So many bytes, right before the last of the pages.
  func last(_ bytes: Int) -> UnsafeMutableBufferPointer<UInt8> {
    UnsafeMutableBufferPointer(start: start + count - bytes, count: bytes)
  }
}
