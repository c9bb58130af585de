/// Lets some tests run at once, so that all together don't want more connections than a server has.
package actor TestTurns {
  /// For tests with workers, each of which takes a dozen connections or two.
  package static let workers = TestTurns(atOnce: 8)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(atOnce: Int) { free = atOnce }

  private func begin() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func end() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }

  package nonisolated func take<Value>(_ body: () async throws -> Value) async throws -> Value {
    await begin()
    do {
      let value = try await body()
      await end()
      return value
    } catch {
      await end()
      throw error
    }
  }
}
