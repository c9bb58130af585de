import Foundation
import TestSupport

/// A loopback server that is asked by path and query, and stops when nobody has it any more.
final class ScriptedServer: Sendable {
  struct Request: Sendable {
    let method: String
    /// Percent-encoded, without the query.
    let path: String
    /// Names and values, decoded.
    let query: [String: String]
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    init(_ request: LoopbackServer.Request) {
      let parts = URLComponents(string: request.target)
      method = request.method
      path = parts?.percentEncodedPath ?? request.target
      query = Dictionary((parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
      headers = request.headers
      body = request.body
    }
  }

  struct Answer: Sendable {
    var status = 200
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// Bytes of the body that are sent before the connection ends; nil sends all.
    var cutAfter: Int?

    static func json(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Answer {
      Answer(status: status, headers: headers.merging(["Content-Type": "application/json"]) { $1 }, body: Array(text.utf8))
    }

    static func text(_ text: String, headers: [String: String] = [:]) -> Answer { Answer(headers: headers, body: Array(text.utf8)) }

    var script: LoopbackServer.Answer {
      let fields = headers.map { ($0.key, $0.value) }
      guard let cutAfter else { return LoopbackServer.Answer(status, headers: fields, pieces: [.bytes(body)]) }
      return LoopbackServer.Answer(
        status, headers: fields, pieces: [.bytes(Array(body.prefix(cutAfter))), .cut], length: body.count)
    }
  }

  private let server: LoopbackServer

  /// - Parameter handler: what is nil is answered with 404.
  init(_ handler: @Sendable @escaping (Request) -> Answer?) throws {
    server = try LoopbackServer { (handler(Request($0)) ?? .json(#"{"message":"Not Found"}"#, status: 404)).script }
  }

  deinit { server.stop() }

  var base: String { server.url }
  /// The same server by another name, which is another host.
  var otherBase: String { server.otherURL }
  var requests: [Request] { server.requests.map(Request.init) }
  func requests(to path: String) -> [Request] { requests.filter { $0.path == path } }
}
