import Foundation
import TestSupport
import Yams

/// An OpenAPI 3 description of an API, against which requests are held.
struct OpenAPIDescription {
  private let paths: [String: [String: Any]]
  private let components: [String: Any]
  /// Parameters of paths that stand for so many segments, other than one.
  private let segments: [String: Int]

  /// - Parameters:
  ///   - file: JSON or YAML.
  ///   - segments: parameters of paths that stand for so many segments, other than one.
  init(_ file: URL, segments: [String: Int] = [:]) throws {
    let data = try Data(contentsOf: file)
    // JSON is YAML, too, but this one takes megabytes of it in no time.
    let whole: Any? =
      file.pathExtension == "json"
      ? try JSONSerialization.jsonObject(with: data) : try Yams.load(yaml: String(decoding: data, as: UTF8.self))
    let members = whole as? [String: Any] ?? [:]
    paths = members["paths"] as? [String: [String: Any]] ?? [:]
    components = members["components"] as? [String: Any] ?? [:]
    self.segments = segments
  }

  /// What is wrong with a request; empty if it is as described. Nil if no such request is described at all.
  func problems(of request: WorldRequest) -> [String]? {
    guard let (path, operation) = operation(of: request) else { return nil }
    var problems: [String] = []
    let parameters = (operation["parameters"] as? [[String: Any]] ?? []).map(resolved)
    for (name, text) in request.query {
      guard let parameter = parameters.first(where: { $0["in"] as? String == "query" && $0["name"] as? String == name }) else {
        problems.append("\(path): no parameter \(name)")
        continue
      }
      problems += check(text: text, resolved(parameter["schema"] as? [String: Any] ?? [:]), "\(path): \(name)")
    }
    for (part, text) in zip(path.split(separator: "/").reversed(), request.path.reversed()) where part.hasPrefix("{") {
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

  private func operation(of request: WorldRequest) -> (path: String, [String: Any])? {
    // A parameter that holds slashes stands for what no other path does.
    for mayBeOpen in [false, true] {
      for (path, operations) in paths {
        guard let operation = operations[request.method.lowercased()] as? [String: Any],
          isPath(path.split(separator: "/"), of: request.path[...], mayBeOpen ? operation : [:])
        else { continue }
        return (path, operation)
      }
    }
    return nil
  }

  private func isPath(_ template: [Substring], of path: ArraySlice<String>, _ operation: [String: Any]) -> Bool {
    var rest = path
    for (place, part) in template.enumerated() {
      let isParameter = part.hasPrefix("{")
      // GitHub's own mark of a parameter that holds slashes, which stands at the end.
      if isParameter, place == template.count - 1, isOpen(part.dropFirst().dropLast(), operation) { return !rest.isEmpty }
      let count = isParameter ? segments[String(part.dropFirst().dropLast())] ?? 1 : 1
      guard rest.count >= count, isParameter || rest.first == String(part) else { return false }
      rest = rest.dropFirst(count)
    }
    return rest.isEmpty
  }

  private func isOpen(_ name: Substring, _ operation: [String: Any]) -> Bool {
    (operation["parameters"] as? [[String: Any]] ?? []).map(resolved).contains {
      $0["name"] as? String == String(name) && $0["in"] as? String == "path" && $0["x-multi-segment"] as? Bool == true
    }
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
