/// Lets some tests with workers run at once: each takes a dozen connections or two, and all together want more than a server has.
package enum TestTurns {
  private static let workers = Turnstile(8)

  package static func take<Value>(_ body: () async throws -> Value) async throws -> Value {
    await workers.enter()
    defer { workers.leave() }
    return try await body()
  }
}
