extension GitHubWorld {
  /// Where a world can be reached, for as long as this lives.
  package final class Servers: Sendable {
    /// The API, at `http://127.0.0.1:PORT`.
    package let api: LoopbackServer
    /// The file store, at `http://localhost:PORT`, which is another host.
    package let store: LoopbackServer

    fileprivate init(_ world: GitHubWorld) throws {
      api = try LoopbackServer { world.answer(Request($0)).onLoopback }
      store = try LoopbackServer { world.answerStore(Request($0)).onLoopback }
    }

    deinit {
      api.stop()
      store.stop()
    }
  }

  /// Starts both servers and tells the world where they are.
  package func serve() throws -> Servers {
    let servers = try Servers(self)
    set { state in
      state.base = servers.api.url
      state.store = servers.store.otherURL
    }
    return servers
  }
}

extension GitHubWorld.Request {
  fileprivate init(_ request: LoopbackServer.Request) {
    self.init(method: request.method, target: request.target, headers: request.headers, body: request.body)
  }
}

extension GitHubWorld.Answer {
  fileprivate var onLoopback: LoopbackServer.Answer {
    let fields = headers.map { ($0.key, $0.value) }
    if let waitsFor {
      let head = body.count / 2
      return LoopbackServer.Answer(
        status, headers: fields, pieces: [.bytes(Array(body[..<head])), .wait(waitsFor), .bytes(Array(body[head...]))])
    }
    guard let breaksAfter else { return LoopbackServer.Answer(status, headers: fields, pieces: [.bytes(body)]) }
    return LoopbackServer.Answer(
      status, headers: fields, pieces: [.bytes(Array(body.prefix(breaksAfter))), .cut], length: body.count)
  }
}
