/// How everything is that must be right, as `/health/deep` tells it.
struct HealthReport: Sendable, Codable, Equatable {
  /// `ok`, or `failing` if a check is.
  let status: String
  let checks: [Check]
  let queues: [Queue]

  struct Check: Sendable, Codable, Equatable {
    let name: String
    let ok: Bool
    /// In words, without secrets.
    let detail: String
    let seconds: Double
  }

  struct Queue: Sendable, Codable, Equatable {
    let queue: String
    let waiting: Int
    let due: Int
    /// Null if nothing is overdue.
    let oldestDueSeconds: Double?
  }

  init(checks: [Check], queues: [Queue]) {
    status = checks.allSatisfy(\.ok) ? "ok" : "failing"
    self.checks = checks
    self.queues = queues
  }

  var isWell: Bool { status == "ok" }
}
