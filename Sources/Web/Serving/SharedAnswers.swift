/// Answers to questions that many ask alike at the same time, as on the morning after a bad night: each is looked for once, and good for a
/// moment to all who ask the same. What fails is looked for anew by the next who asks.
///
/// Unlike `SharedLook`, the questions come from outside: so no more than `most` are held, and one beyond them is answered unshared.
actor SharedAnswers<Answer: Sendable> {
  private struct Entry {
    let task: Task<Answer, any Error>
    /// Nil while it is looked for.
    var until: ContinuousClock.Instant?
  }

  private let freshness: Duration
  private let most: Int
  private var entries: [String: Entry] = [:]

  /// - Parameters:
  ///   - freshness: for so long, from when it was there, an answer is given again.
  ///   - most: answers that are held or looked for at once.
  init(freshness: Duration, most: Int = 32) {
    self.freshness = freshness
    self.most = most
  }

  /// - Parameter question: all that the answer depends on.
  func answer(to question: String, _ look: @Sendable @escaping () async throws -> Answer) async throws -> Answer {
    let now = ContinuousClock.now
    entries = entries.filter { _, entry in entry.until.map { $0 > now } ?? true }
    if let known = entries[question] { return try await known.task.value }
    guard entries.count < most else { return try await look() }
    // Not a child of the request that came first: others wait for it, too, if that one goes away.
    let task = Task { try await look() }
    entries[question] = Entry(task: task)
    do {
      let answer = try await task.value
      entries[question]?.until = .now + freshness
      return answer
    } catch {
      entries[question] = nil
      throw error
    }
  }
}
