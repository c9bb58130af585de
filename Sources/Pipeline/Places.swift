import Synchronization

/// Places for what is dear: so many are taken at once, and so many by one person.
package final class Places: Sendable {
  /// All of them are taken.
  package struct Full: Error, Sendable, Equatable {
    /// How many one person, or all, may take.
    package let most: Int
    /// Whether it is this person who has taken theirs.
    package let isOwn: Bool

    package init(most: Int, isOwn: Bool) {
      self.most = most
      self.isOwn = isOwn
    }
  }

  private let most: Int
  private let mostOfOne: Int
  private let taken = Mutex<[String: Int]>([:])

  package init(_ most: Int, ofOne mostOfOne: Int? = nil) {
    self.most = most
    self.mostOfOne = mostOfOne ?? most
  }

  /// Takes a place for as long as the body runs; nobody waits for one.
  ///
  /// - Throws: `Full`, and what the body throws.
  @discardableResult
  package func take<Value>(for name: String, _ body: () async throws -> Value) async throws -> Value {
    try taken.withLock { taken in
      guard taken[name, default: 0] < mostOfOne else { throw Full(most: mostOfOne, isOwn: true) }
      guard taken.values.reduce(0, +) < most else { throw Full(most: most, isOwn: false) }
      taken[name, default: 0] += 1
    }
    defer {
      taken.withLock { taken in
        taken[name, default: 0] -= 1
        if taken[name] == 0 { taken[name] = nil }
      }
    }
    return try await body()
  }
}
