import Dispatch

/// Runs an actor on a dispatch queue of its own.
///
/// libpq's calls block while they wait for the server. On Swift's cooperative pool, which has one thread per core, a few
/// of them would stall every task of the process; a queue of one's own costs a thread only while something waits on it.
package final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  /// - Parameter label: the queue's name in debuggers and crash reports.
  package init(label: String) {
    queue = DispatchQueue(label: label)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // The closure holds the executor that the job refers to without owning it.
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  package func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }

  /// Runs a blocking call on the queue and suspends the caller meanwhile.
  package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result(catching: body)) }
    }
  }
}
