import Curl
import Foundation
import Store
import Synchronization
import Telemetry

/// Counts the requests to CI systems and code hosts, and writes down what these tell of their limits, so that all processes know.
package final class ProviderWatch: Sendable {
  private struct State {
    /// By host; not written down yet.
    var told: [String: Store.ProviderLimit] = [:]
    var store: Store?
    var isWriting = false
  }

  /// What is told is gathered for so long.
  private static let pause = Duration.seconds(2)

  private let state = Mutex(State())

  package init() {}

  /// From now on what is told is written down there.
  package func write(to store: Store) { state.withLock { $0.store = store } }

  /// For `HTTPClient.Settings.observe`.
  package func note(_ exchange: HTTPExchange) {
    Metric.providerRequests.add(1, exchange.host, exchange.result)
    Metric.providerSeconds.observe(exchange.seconds, exchange.host)
    guard let limit = exchange.limit else { return }
    Metric.providerLimit.set(Double(limit.granted), exchange.host)
    Metric.providerRemaining.set(Double(limit.remaining), exchange.host)
    let told = Store.ProviderLimit(
      host: exchange.host, granted: limit.granted, remaining: limit.remaining, resetsAt: limit.resetsAt?.timeIntervalSince1970,
      toldAt: Date().timeIntervalSince1970)
    let begins = state.withLock { state in
      state.told[told.host] = told
      guard state.store != nil, !state.isWriting else { return false }
      state.isWriting = true
      return true
    }
    guard begins else { return }
    Task {
      try? await Task.sleep(for: Self.pause)
      state.withLock { $0.isWriting = false }
      await flush()
    }
  }

  /// Writes down now what was told. What can't be written is lost: the next answer tells it again.
  package func flush() async {
    let (store, told) = state.withLock { state in
      defer { state.told.removeAll() }
      return (state.store, Array(state.told.values))
    }
    try? await store?.record(told)
  }
}
