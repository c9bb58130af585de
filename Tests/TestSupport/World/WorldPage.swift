import Foundation

/// Pages of a list by number, with the address of the next one in `Link`: as GitHub, GitLab and Buildkite do it.
enum WorldPage {
  /// - Parameters:
  ///   - base: where the world is.
  ///   - atMost: how much of the list can be had at all.
  /// - Returns: the page's part of the items, and the header fields.
  static func part(_ items: [[String: Any]], _ request: WorldRequest, base: String, atMost: Int = .max) -> (
    items: [[String: Any]], headers: [String: String]
  ) {
    let size = min(100, request.query["per_page"].flatMap { Int($0) } ?? 30)
    let number = max(1, request.query["page"].flatMap { Int($0) } ?? 1)
    let listed = items.prefix(atMost)
    let page = Array(listed.dropFirst((number - 1) * size).prefix(size))
    guard number * size < listed.count else { return (page, [:]) }
    var query = request.query
    query["page"] = String(number + 1)
    func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
    let text = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(encoded($0.value))" }
    let path = request.path.map(encoded).joined(separator: "/")
    return (page, ["Link": "<\(base)/\(path)?\(text.joined(separator: "&"))>; rel=\"next\""])
  }
}
