import Foundation
import TestSupport

/// GitHub's own OpenAPI description of its REST API, against which requests are held.
struct GitHubDescription {
  private let paths: [String: [String: Any]]
  private let components: [String: Any]

  /// What GitHub's current documentation has and the description at hand doesn't yet.
  private static let newer = [
    "POST /repos/{}/{}/actions/jobs/{}/rerun", "GET /repos/{}/{}/actions/runs/{}/attempts/{}/logs",
  ]

  init(_ file: URL) throws {
    let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    paths = whole["paths"] as? [String: [String: Any]] ?? [:]
    components = whole["components"] as? [String: Any] ?? [:]
  }

  /// What is wrong with a request; empty if it is as described.
  func problems(of request: GitHubWorld.Request) -> [String] {
    var problems: [String] = []
    if request.headers["accept"] != "application/vnd.github+json" { problems.append("Accept") }
    if request.headers["x-github-api-version"] != "2022-11-28" { problems.append("X-GitHub-Api-Version") }
    if (request.headers["user-agent"] ?? "").isEmpty { problems.append("User-Agent") }
    guard let (path, operation) = operation(of: request) else {
      let isNewer = Self.newer.contains { template in
        let parts = template.split(separator: " ")[1].split(separator: "/")
        return template.hasPrefix(request.method + " ") && parts.count == request.path.count
          && zip(parts, request.path).allSatisfy { $0 == "{}" || $0 == $1 }
      }
      return isNewer ? problems : problems + ["no such request: \(request.line)"]
    }
    let parameters = (operation["parameters"] as? [[String: Any]] ?? []).map(resolved)
    for (name, text) in request.query {
      guard let parameter = parameters.first(where: { $0["in"] as? String == "query" && $0["name"] as? String == name }) else {
        problems.append("\(path): no parameter \(name)")
        continue
      }
      problems += check(text: text, resolved(parameter["schema"] as? [String: Any] ?? [:]), "\(path): \(name)")
    }
    for (part, text) in zip(path.split(separator: "/"), request.path) where part.hasPrefix("{") {
      let name = String(part.dropFirst().dropLast())
      guard let parameter = parameters.first(where: { $0["in"] as? String == "path" && $0["name"] as? String == name }) else {
        continue
      }
      problems += check(text: text, resolved(parameter["schema"] as? [String: Any] ?? [:]), "\(path): \(name)")
    }
    for parameter in parameters where parameter["required"] as? Bool == true && parameter["in"] as? String == "query" {
      if request.query[parameter["name"] as? String ?? ""] == nil {
        problems.append("\(path): \(parameter["name"] ?? "") is missing")
      }
    }
    let content = (operation["requestBody"] as? [String: Any])?["content"] as? [String: Any]
    if let schema = (content?["application/json"] as? [String: Any])?["schema"] as? [String: Any] {
      if !request.body.isEmpty {
        if request.headers["content-type"] != "application/json" { problems.append("Content-Type") }
        let value = (try? JSONSerialization.jsonObject(with: Data(request.body))) ?? NSNull()
        problems += check(value, schema, path)
      } else if (resolved(schema)["required"] as? [String])?.isEmpty == false {
        problems.append("\(path): the body is missing")
      }
    } else if !request.body.isEmpty {
      problems.append("\(path): takes no body")
    }
    return problems
  }

  private func operation(of request: GitHubWorld.Request) -> (path: String, [String: Any])? {
    for (path, operations) in paths {
      let parts = path.split(separator: "/")
      guard parts.count == request.path.count, zip(parts, request.path).allSatisfy({ $0.hasPrefix("{") || $0 == $1 }),
        let operation = operations[request.method.lowercased()] as? [String: Any]
      else { continue }
      return (path, operation)
    }
    return nil
  }

  private func resolved(_ value: [String: Any]) -> [String: Any] {
    guard let reference = value["$ref"] as? String else { return value }
    let names = reference.split(separator: "/").dropFirst(2)
    var found: Any = components
    for name in names { found = (found as? [String: Any])?[String(name)] ?? [:] as [String: Any] }
    return resolved(found as? [String: Any] ?? [:])
  }

  private func check(text: String, _ schema: [String: Any], _ place: String) -> [String] {
    if schema["type"] as? String == "integer" { return check(Int(text).map { $0 as Any } ?? text, schema, place) }
    return check(text as Any, schema, place)
  }

  /// The part of JSON Schema that the description uses for requests; a member that it doesn't name is a problem, too.
  private func check(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
    let schema = resolved(schema)
    if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
      return ["\(place): not one of its values"]
    }
    switch schema["type"] as? String {
    case "object":
      guard let object = value as? [String: Any] else { return ["\(place): no object"] }
      let properties = schema["properties"] as? [String: Any] ?? [:]
      let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map { "\(place): \($0) is missing" }
      return missing
        + object.flatMap { name, member in
          guard let property = properties[name] as? [String: Any] else { return ["\(place): no member \(name)"] }
          return check(member, property, "\(place).\(name)")
        }
    case "array":
      guard let items = value as? [Any] else { return ["\(place): no array"] }
      if let most = schema["maxItems"] as? Int, items.count > most { return ["\(place): too many"] }
      return items.flatMap { check($0, schema["items"] as? [String: Any] ?? [:], place + "[]") }
    case "string":
      guard let text = value as? String else { return ["\(place): no string"] }
      if let most = schema["maxLength"] as? Int, text.count > most { return ["\(place): too long"] }
      return []
    case "integer": return value is Int ? [] : ["\(place): no integer"]
    default: return []
    }
  }
}
