import Hummingbird
import Model
import Providers

/// The description of the API in OpenAPI 3.1, made of what the pages and actions declare.
struct Description: Sendable {
  let operations: [Site.Operation]

  /// As a value for `JSONEncoder`.
  var document: JSONTree {
    var paths: [String: [String: JSONTree]] = [:]
    var schemas: [String: JSONTree] = ["Problem": Self.problem]
    for operation in operations {
      let method = operation.method == .get ? "get" : "post"
      paths["/api/v1/" + Self.template(operation), default: [:]][method] = describe(operation, &schemas)
    }
    return .object([
      "openapi": .text("3.1.0"),
      "info": .object([
        "title": .text("Culprit"), "version": .text("1"),
        "description": .text("What broke the build: every page as data, and every change that a page can make."),
        "license": .object(["name": .text("Apache-2.0"), "identifier": .text("Apache-2.0")]),
      ]),
      "servers": .array([.object(["url": .text("/")])]),
      "paths": .object(paths.mapValues { .object($0) }),
      "components": .object([
        "schemas": .object(schemas),
        "securitySchemes": .object(["token": .object(["type": .text("http"), "scheme": .text("bearer")])]),
      ]),
    ])
  }

  /// The path with its parameters in braces.
  static func template(_ operation: Site.Operation) -> String {
    if operation.path.isEmpty { return "causes" }
    let catchAll = operation.parameters.last { $0.place == .path }?.name ?? "path"
    return operation.path.split(separator: "/").map { part in
      part == "**" ? "{\(catchAll)}" : part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
    }.joined(separator: "/")
  }

  private func describe(_ operation: Site.Operation, _ schemas: inout [String: JSONTree]) -> JSONTree {
    var about = operation.about
    about += (about.isEmpty ? "" : " ") + "It takes the role \(operation.role.rawValue)"
    about += operation.scope.map { ", or a token with the scope \($0.rawValue)." } ?? "."
    var object: [String: JSONTree] = [
      "operationId": .text(Self.identifier(operation)), "summary": .text(operation.summary), "description": .text(about),
      "security": .array(Self.scopes(operation).map { .object(["token": .array([.text($0.rawValue)])]) } + [.object([:])]),
      "parameters": .array(
        operation.parameters.filter { $0.place != .form }.map { parameter in
          var schema = Self.schema(parameter)
          if let usual = parameter.usual { schema["default"] = Int(usual).map { .number($0) } ?? .text(usual) }
          var told: [String: JSONTree] = [
            "name": .text(parameter.name), "in": .text(parameter.place == .path ? "path" : "query"),
            "required": .flag(parameter.isNeeded), "description": .text(parameter.about), "schema": .object(schema),
          ]
          // A form's field that nobody filled in.
          if parameter.place == .query, !parameter.isNeeded { told["allowEmptyValue"] = .flag(true) }
          return .object(told)
        }),
    ]
    let fields = operation.parameters.filter { $0.place == .form }
    if let body = operation.body {
      object["requestBody"] = .object([
        "required": .flag(true),
        "content": .object([body: .object(["schema": .object(["type": .text("string"), "minLength": .number(1)])])]),
      ])
    } else if operation.method == .post {
      object["requestBody"] = .object([
        "required": .flag(true),
        "content": .object(["application/json": .object(["schema": Self.form(fields, oneOf: operation.oneOf)])]),
      ])
    }
    let answer: JSONTree = .object([
      "description": .text("Done."),
      "content": .object([operation.answerType: .object(["schema": Self.tree(operation.answer, &schemas)])]),
    ])
    var answers: [String: JSONTree] = ["200": answer]
    if operation.scope == .logs { answers["201"] = answer }
    if operation.method == .get { answers["304"] = .object(["description": .text("It is as If-None-Match says.")]) }
    for (status, what) in Self.problems(operation) {
      answers[status] = .object([
        "description": .text(what),
        "content": .object([
          "application/problem+json": .object(["schema": .object(["$ref": .text("#/components/schemas/Problem")])])
        ]),
      ])
    }
    object["responses"] = .object(answers)
    return .object(object)
  }

  /// The object of JSON that an action takes.
  ///
  /// - Parameter oneOf: fields of which one at least is given.
  private static func form(_ fields: [Parameter], oneOf: [String]) -> JSONTree {
    var schemas: [String: JSONTree] = [:]
    for field in fields {
      let schema = JSONTree.object(schema(field))
      // Whoever needs a field can't leave it empty by null.
      var told: [String: JSONTree] =
        field.isNeeded ? ["allOf": .array([schema])] : ["anyOf": .array([schema, .object(["type": .text("null")])])]
      told["description"] = .text(field.about)
      schemas[field.name] = .object(told)
    }
    var form: [String: JSONTree] = [
      "type": .text("object"), "additionalProperties": .flag(false), "properties": .object(schemas),
      "required": .array(fields.filter(\.isNeeded).map { .text($0.name) }),
    ]
    if !oneOf.isEmpty {
      form["anyOf"] = .array(
        oneOf.map { name in
          .object([
            "required": .array([.text(name)]),
            "properties": .object([name: .object(["type": .text("string"), "minLength": .number(1)])]),
          ])
        })
    }
    return .object(form)
  }

  private static func problems(_ operation: Site.Operation) -> [(String, String)] {
    var problems = [
      ("400", "A value is missing or wrong; `field` names it."), ("401", "It isn't known who asks."),
      ("403", "The role isn't enough."),
      ("404", "There is no such thing."), ("405", "The path takes other methods; `Allow` names them."),
      ("414", "The address is too long."), ("421", "The server isn't called so."), ("431", "The headers are too long or too many."),
      ("429", "Too many requests; `Retry-After` says when to ask again."),
      ("503", "The database doesn't answer."),
    ]
    if operation.method == .post {
      problems += [
        ("409", "It contradicts what is there."), ("413", "The body is too large."), ("415", "The body is of another type."),
        ("422", "It can't be used as it is; `field` names what is wrong."), ("502", "A CI system or the code host refused."),
      ]
    } else {
      problems.append(("409", "Several things are called so."))
    }
    return problems
  }

  /// The least scopes of a token, any one of which is enough. A cookie, a proxy or the loopback may be, too.
  private static func scopes(_ operation: Site.Operation) -> [AccessScope] {
    [AccessScope.allCases.first { $0.role == operation.role }, operation.scope].compactMap { $0 }
  }

  private static func identifier(_ operation: Site.Operation) -> String {
    let words = template(operation).split { !$0.isLetter && !$0.isNumber }
    return (operation.method == .get ? "get" : "post") + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// As `Parameter.read` and, in bodies, `Parameter.text(of:)` take it.
  private static func schema(_ parameter: Parameter) -> [String: JSONTree] {
    switch parameter.kind {
    case .text(let most):
      [
        "type": .text("string"), "minLength": .number(parameter.isNeeded ? 1 : 0), "maxLength": .number(most),
        "pattern": .text(parameter.isNeeded ? "^[^\\x00]*[^\\s\\x00][^\\x00]*$" : "^[^\\x00]*$"),
      ]
    case .choice(let choices): ["type": .text("string"), "enum": .array(choices.map { .text($0) })]
    case .number(let range):
      ["type": .text("integer"), "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    case .flag where parameter.place == .form: ["type": .text("boolean")]
    case .flag: ["type": .text("string"), "enum": .array(Parameter.flagWords.map { .text($0) })]
    case .since:
      [
        "anyOf": .array([
          .object(["type": .text("string"), "pattern": .text(Since.count)]),
          .object(["type": .text("string"), "format": .text("date")]),
          .object(moment),
        ]), "examples": .array([.text("14d"), .text("2026-01-31")]),
      ]
    case .time: moment
    case .repository:
      [
        "type": .text("string"), "maxLength": .number(ManifestLine.longestText),
        "pattern": .text("^[^\\x00/]*[^\\s\\x00/][^\\x00/]*(/[^\\x00/]*[^\\s\\x00/][^\\x00/]*)+$"),
      ]
    case .wholeCommit(orDay: false): wholeCommit
    case .wholeCommit(orDay: true):
      ["anyOf": .array([.object(wholeCommit), .object(["type": .text("string"), "format": .text("date")])])]
    case .address(let most):
      ["type": .text("string"), "maxLength": .number(most), "pattern": .text("^https?://[^\\x00]*$")]
    case .commit(let digits):
      ["type": .text("string"), "pattern": .text("^[0-9a-fA-F]{\(digits.lowerBound),\(digits.upperBound)}$")]
    case .cursor: ["type": .text("string"), "minLength": .number(4), "pattern": .text("^[A-Za-z0-9_-]+$")]
    }
  }

  private static let wholeCommit: [String: JSONTree] = [
    "type": .text("string"), "pattern": .text("^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})?$"),
  ]

  /// As `Timestamp` takes it.
  private static let moment: [String: JSONTree] = [
    "type": .text("string"), "format": .text("date-time"), "pattern": .text("^(19[7-9]|[2-9][0-9]{2})[0-9]-"),
  ]

  /// A schema; objects with a name go to the components, once.
  private static func tree(_ schema: Schema, _ schemas: inout [String: JSONTree]) -> JSONTree {
    switch schema {
    case .string: return .object(["type": .text("string")])
    case .integer: return .object(["type": .text("integer")])
    case .number: return .object(["type": .text("number")])
    case .boolean: return .object(["type": .text("boolean")])
    case .time: return .object(["type": .text("number"), "description": .text("Seconds since 1970-01-01 00:00 UTC.")])
    case .choice(let choices): return .object(["type": .text("string"), "enum": .array(choices.map { .text($0) })])
    case .array(let item): return .object(["type": .text("array"), "items": tree(item, &schemas)])
    case .map(let value): return .object(["type": .text("object"), "additionalProperties": tree(value, &schemas)])
    case .optional(let value): return tree(value, &schemas)
    case .object(let name, let properties):
      if schemas[name] == nil {
        // First a place, as it may hold itself.
        schemas[name] = .object([:])
        var trees: [String: JSONTree] = [:]
        var needed: [String] = []
        for (property, value) in properties.sorted(by: { $0.key < $1.key }) {
          trees[property] = tree(value, &schemas)
          if case .optional = value {} else { needed.append(property) }
        }
        schemas[name] = .object([
          "type": .text("object"), "properties": .object(trees), "required": .array(needed.map { .text($0) }),
        ])
      }
      return .object(["$ref": .text("#/components/schemas/\(name)")])
    }
  }

  private static let problem = JSONTree.object([
    "type": .text("object"), "description": .text("RFC 9457."),
    "properties": .object([
      "title": .object(["type": .text("string")]), "status": .object(["type": .text("integer")]),
      "detail": .object(["type": .text("string")]), "hint": .object(["type": .text("string")]),
      "field": .object(["type": .text("string")]),
    ]), "required": .array([.text("title"), .text("status"), .text("detail")]),
  ])
}
