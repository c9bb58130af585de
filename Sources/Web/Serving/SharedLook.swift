/// A look at something that many may ask for: one at a time, which all who ask meanwhile share, and good for a while. What fails is looked
/// at anew by the next who asks.
actor SharedLook<Answer: Sendable> {
  private let freshness: Duration
  private let look: @Sendable () async throws -> Answer
  private var last: (answer: Answer, at: ContinuousClock.Instant)?
  private var running: Task<Answer, any Error>?

  /// - Parameter freshness: for so long an answer is given again.
  init(freshness: Duration, _ look: @Sendable @escaping () async throws -> Answer) {
    self.freshness = freshness
    self.look = look
  }

  var answer: Answer {
    get async throws {
      if let last, last.at.duration(to: .now) < freshness { return last.answer }
      if let running { return try await running.value }
      let task = Task { [look] in try await look() }
      running = task
      defer { running = nil }
      let answer = try await task.value
      last = (answer, .now)
      return answer
    }
  }
}
