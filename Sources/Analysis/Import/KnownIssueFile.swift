import Foundation

/// Known issues of .NET's Build Analysis: `ErrorMessage`, which a line must contain, or `ErrorPattern`, an expression; whatever the case of
/// letters. Several are looked for in their order. On their own, or in the bodies of issues as GitHub's API tells them.
enum KnownIssueFile {
  static func read(_ text: String, file: String) throws(ImportProblem) -> [ForeignReading] {
    let value = try JSONValue.read(text, file: file)
    let objects = value as? [[String: Any]] ?? (value as? [String: Any]).map { [$0] } ?? []
    guard !objects.isEmpty else { throw ImportProblem(file: file, "has no known issue") }
    return objects.indices.flatMap { index in
      let object = objects[index]
      let link = ["html_url", "url", "IssueUrl", "issue"].compactMap { object[$0] as? String }.first { $0.hasPrefix("https://") }
      let title = object["title"] as? String ?? object["Title"] as? String
      let origin = "\(file): \(link ?? title ?? "known issue \(index + 1)")"
      guard let body = object["body"] as? String else { return [read(object, title, link, origin)] }
      let blocks = Self.blocks(in: body)
      if blocks.isEmpty {
        return [.refused(origin: origin, title: title ?? "", text: "", reason: "the issue has no JSON with an error")]
      }
      return blocks.map { read($0, title, link, origin) }
    }
  }

  private static func read(_ issue: [String: Any], _ title: String?, _ link: String?, _ origin: String) -> ForeignReading {
    func texts(_ key: String) -> [String] {
      (issue[key] as? [String] ?? (issue[key] as? String).map { [$0] } ?? []).filter { !$0.isEmpty }
    }
    let (messages, patterns) = (texts("ErrorMessage"), texts("ErrorPattern"))
    let lines = messages.isEmpty ? patterns : messages
    let name = title ?? lines.first ?? ""
    func refused(_ reason: String) -> ForeignReading {
      .refused(origin: origin, title: name, text: lines.joined(separator: " … "), reason: reason)
    }
    guard !lines.isEmpty else { return refused("it has neither ErrorMessage nor ErrorPattern") }
    guard messages.isEmpty || patterns.isEmpty else { return refused("it has both ErrorMessage and ErrorPattern") }
    var rule = ForeignRule(
      origin: origin, title: name, steps: lines.map { .init(expression: $0, isText: !messages.isEmpty) }, dialect: .dotnet)
    rule.ignoreCase = true
    rule.within = PatternReader.withinRange.upperBound
    if lines.count > 1 { rule.notes.append("its lines must lie within \(rule.within) lines") }
    (rule.verdict, rule.issue) = link == nil ? (.flaky, nil) : (.known, link)
    if link == nil { rule.notes.append("flaky, as the address of its issue, which `known` needs, is not known") }
    if issue["ExcludeConsoleLog"] as? Bool == true {
      rule.notes.append("it was not looked for in the logs of test machines, and is if the job prints them")
    }
    if issue["BuildRetry"] as? Bool == true { rule.tags.append("retry") }
    return .rule(rule)
  }

  /// The JSON objects in a body that name an error.
  private static func blocks(in body: String) -> [[String: Any]] {
    body.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.compactMap { _, block in
      guard let begin = block.firstIndex(of: "{") else { return nil }
      let object = try? JSONSerialization.jsonObject(with: Data(block[begin...].utf8)) as? [String: Any]
      return object.flatMap { $0["ErrorMessage"] != nil || $0["ErrorPattern"] != nil ? $0 : nil }
    }
  }
}
