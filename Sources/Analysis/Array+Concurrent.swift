import Dispatch
import Synchronization

extension Array where Element: Sendable {
  /// The same as `map`, on all processors at once.
  func mapConcurrently<Value: Sendable>(_ body: @Sendable (Element) -> Value) -> [Value] {
    // A portion is large enough to be worth a thread, and small enough to share the work evenly.
    let portion = 16
    let portions = (count + portion - 1) / portion
    guard portions > 1 else { return map(body) }
    let results = Mutex<[[Value]]>(Swift.Array(repeating: [], count: portions))
    DispatchQueue.concurrentPerform(iterations: portions) { number in
      let values = self[number * portion..<Swift.min(count, (number + 1) * portion)].map(body)
      results.withLock { $0[number] = values }
    }
    return results.withLock { $0.flatMap(\.self) }
  }
}
