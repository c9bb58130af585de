import CHeap
import Foundation

/// How the C library keeps memory that was freed.
enum Heap {
  /// For processes that run for months: makes what was freed go back to the system.
  ///
  /// By default glibc gives threads up to eight heaps per processor, and once a large block was freed it takes blocks of that size from
  /// them, too. Our threads come and go with the queues that they serve, so after some thousand logs each heap had grown to the most
  /// that any of them had held at once: 85 MB for 5 MB in use. See mallopt(3). Who sets MALLOC_ARENA_MAX has chosen otherwise.
  static func returnWhatIsFree() {
    let process = ProcessInfo.processInfo
    guard process.environment["MALLOC_ARENA_MAX"] == nil else { return }
    // A heap for each processor is enough for threads that compute; those that wait need none. Bodies, parts of logs and zstd's windows
    // are blocks of their own.
    culprit_heap_limit(Int32(max(2, min(process.activeProcessorCount, 1_024))), 256 << 10, 1 << 20)
  }
}
