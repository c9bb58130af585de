/// A look at something that many may ask for: one at a time, which all who ask meanwhile share, and good for a while.
actor SharedLook<Answer: Sendable> {
  private let freshness: Duration
  private let look: @Sendable () async -> Answer
  private var last: (answer: Answer, at: ContinuousClock.Instant)?
  private var running: Task<Answer, Never>?

  /// - Parameter freshness: for so long an answer is given again.
  init(freshness: Duration, _ look: @Sendable @escaping () async -> Answer) {
    self.freshness = freshness
    self.look = look
  }

  var answer: Answer {
    get async {
      if let last, last.at.duration(to: .now) < freshness { return last.answer }
      if let running { return await running.value }
      let task = Task { [look] in await look() }
      running = task
      let answer = await task.value
      running = nil
      last = (answer, .now)
      return answer
    }
  }
}
