import Foundation

/// What a world answers.
package struct WorldAnswer: Sendable {
  package var status: Int
  package var headers: [String: String]
  package var body: [UInt8]
  /// After how many bytes of the body the connection breaks; nil if it doesn't.
  package var breaksAfter: Int?
  /// Where half of the body has come, nothing more does until this opens.
  package var stallsAt: LoopbackServer.Gate?

  package init(_ status: Int, headers: [String: String] = [:], body: [UInt8] = [], breaksAfter: Int? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
    self.breaksAfter = breaksAfter
  }

  package static func json(_ status: Int, _ value: Any, headers: [String: String] = [:]) -> WorldAnswer {
    let data = (try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])) ?? Data()
    return WorldAnswer(
      status, headers: headers.merging(["Content-Type": "application/json; charset=utf-8"]) { $1 }, body: Array(data))
  }

  package static func text(_ body: [UInt8], headers: [String: String] = [:]) -> WorldAnswer {
    WorldAnswer(200, headers: headers.merging(["Content-Type": "text/plain"]) { $1 }, body: body)
  }

  /// An error in GitHub's words.
  package static func error(_ status: Int, _ message: String, headers: [String: String] = [:]) -> WorldAnswer {
    json(status, ["message": message, "documentation_url": "https://docs.github.com/rest"], headers: headers)
  }

  /// The connection ends without an answer.
  package static let nothing = WorldAnswer(0)

  var onLoopback: LoopbackServer.Answer {
    let fields = headers.map { ($0.key, $0.value) }
    guard status > 0 else { return .nothing }
    let half = body.count / 2
    if let stallsAt {
      return LoopbackServer.Answer(
        status, headers: fields,
        pieces: [.bytes(Array(body[..<half])), .wait(stallsAt), .bytes(Array(body[half...]))])
    }
    guard let breaksAfter else { return LoopbackServer.Answer(status, headers: fields, pieces: [.bytes(body)]) }
    return LoopbackServer.Answer(
      status, headers: fields, pieces: [.bytes(Array(body.prefix(breaksAfter))), .cut], length: body.count)
  }
}
