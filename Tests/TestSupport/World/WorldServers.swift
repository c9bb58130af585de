/// Where a world can be reached, for as long as this lives.
package final class WorldServers: Sendable {
  /// The API, at `http://127.0.0.1:PORT`.
  package let api: LoopbackServer
  /// The file store, at `http://localhost:PORT`, which is another host.
  package let store: LoopbackServer

  init(
    api answer: @Sendable @escaping (WorldRequest) -> WorldAnswer,
    store answerStore: @Sendable @escaping (WorldRequest) -> WorldAnswer
  ) throws {
    api = try LoopbackServer { answer(WorldRequest($0)).onLoopback }
    store = try LoopbackServer { answerStore(WorldRequest($0)).onLoopback }
  }

  deinit {
    api.stop()
    store.stop()
  }
}
