import Store
import Telemetry

/// Counts and times the steps of a worker.
enum StepMetrics {
  typealias Step = @Sendable (Store.WorkerID) async throws -> StepReport?

  /// The same step, measured. One that found nothing to do counts for nothing.
  static func measured(_ queue: String, _ step: @escaping Step) -> Step {
    { worker in
      let began = ContinuousClock.now
      do {
        guard let report = try await step(worker) else { return nil }
        Metric.steps.add(1, queue, report.problem == nil ? "done" : "problem")
        Metric.stepSeconds.observe(since: began, queue)
        return report
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        Metric.steps.add(1, queue, "error")
        throw error
      }
    }
  }
}
