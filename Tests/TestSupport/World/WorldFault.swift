/// Something that goes wrong with the next request that it fits.
package struct WorldFault: Sendable {
  package enum Effect: Sendable {
    /// This comes in place of the proper answer.
    case answer(WorldAnswer)
    /// The proper answer breaks off half-way.
    case cut
    /// Half of the proper answer comes, and the rest when the gate opens.
    case stall(LoopbackServer.Gate)
  }

  /// What the request's line must hold.
  package var line: String
  package var effect: Effect

  package init(_ line: String, _ effect: Effect) {
    self.line = line
    self.effect = effect
  }

  package init(_ line: String, _ answer: WorldAnswer) { self.init(line, .answer(answer)) }

  /// Too many requests: the next is welcome after some seconds.
  package static func limited(_ line: String, seconds: Int) -> WorldFault {
    WorldFault(line, .json(429, ["message": "Too Many Requests"], headers: ["Retry-After": String(seconds)]))
  }
}

extension [WorldFault] {
  /// Takes the first fault that fits a request's line, and answers with it.
  mutating func answer(_ line: String, proper: () -> WorldAnswer) -> WorldAnswer {
    guard let index = firstIndex(where: { line.contains($0.line) }) else { return proper() }
    switch remove(at: index).effect {
    case .answer(let answer): return answer
    case .cut:
      var answer = proper()
      answer.breaksAfter = answer.body.count / 2
      return answer
    case .stall(let gate):
      var answer = proper()
      answer.stallsAt = gate
      return answer
    }
  }
}
