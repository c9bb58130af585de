import Foundation

/// A request to a world, taken apart.
package struct WorldRequest: Sendable {
  package var method: String
  /// Parts of the path, decoded.
  package var path: [String]
  package var query: [String: String]
  /// Names in lower case.
  package var headers: [String: String]
  package var body: [UInt8]

  /// - Parameter target: path and query as they stand in the request.
  package init(method: String, target: String, headers: [String: String], body: [UInt8]) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    func decoded(_ text: Substring) -> String { text.removingPercentEncoding ?? String(text) }
    self.method = method
    path = parts[0].split(separator: "/").map(decoded)
    query = [:]
    for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[decoded(halves[0])] = halves.count > 1 ? decoded(halves[1]) : ""
    }
    self.headers = headers
    self.body = body
  }

  init(_ request: LoopbackServer.Request) {
    self.init(method: request.method, target: request.target, headers: request.headers, body: request.body)
  }

  /// `GET /repos/o/r/pulls/1`.
  package var line: String { "\(method) /\(path.joined(separator: "/"))" }

  /// The body as an object of JSON; empty if it is none.
  package var object: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:] }
}
