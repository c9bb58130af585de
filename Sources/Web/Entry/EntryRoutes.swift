import Foundation
import Hummingbird
import Logging
import Model
import NIOCore
import Pipeline
import Providers
import Store

/// `POST /api/v1/logs`: takes a log from any CI system, as the body of a request.
struct EntryRoutes: Sendable {
  let backend: Backend

  /// In bytes. What is beyond head and tail of a large log is not kept anyway.
  private static let largest = 2 << 30

  private static let parameters: [Parameter] = [
    .query("repository", .name, "`owner/name`.", needed: true),
    .query("commit", .commit(digits: 7...64), "Its name.", needed: true),
    .query("job", .name, "The job's name.", needed: true),
    .query("workflow", .name, "The workflow that the job belongs to."),
    .query("step", .name, "The step whose log it is; leave it out if the job has but one log."),
    .query("attempt", .number(1...1_000_000), "Counts up when the job is run again.", usual: "1"),
    .query("outcome", .choice(Build.Outcome.allCases.map(\.rawValue)), "How the job ended.", usual: "failure"),
    .query("branch", .name, "The branch."),
    .query("pullRequest", .number(1...Int(Int32.max)), "The pull request's number."),
    .query("provider", .text(most: 100), "The CI system.", usual: "api"),
    .query("externalId", .name, "The CI system's id of the run of the job."),
    .query("url", .name, "Where people look at the build."),
    .query("finishedAt", .time, "When it ended; now, if it is left out."),
  ]

  func add(to site: inout Site) {
    site.describe(
      Site.Operation(
        method: .post, path: "logs", summary: "Enter a log, with the build that it is of.",
        about: "The body is the raw log. Entering the same again changes nothing.", parameters: Self.parameters, role: .operator,
        answer: Receipt.schema, body: "application/octet-stream", scope: .logs)
    ) { request, context in try await take(request, context) }
  }

  private func take(_ request: Request, _ context: WebContext) async throws -> Response {
    let sender = try sender(request, context)
    let (build, step) = try build(request)
    guard sender.mayChangeAll || !CISystems.names.contains(build.provider) else {
      throw WebError(
        .forbidden, "\(sender.name) may enter logs of its own, and \(build.provider) tells of its builds itself",
        hint: "leave provider out, or give it a name of your own", field: "provider")
    }
    if let coding = request.headers[.contentEncoding], coding != "identity" {
      throw WebError(.unsupportedMediaType, "the log is sent as \(coding)", hint: "send it as it is, without Content-Encoding")
    }
    if request.headers[.contentType]?.lowercased().hasPrefix("multipart/") ?? false {
      throw WebError(
        .unsupportedMediaType, "the log is sent as a part of a form", hint: "curl --data-binary @build.log sends it alone")
    }
    let log = SentLog(backend.archive)
    var count = 0
    for try await piece in request.body {
      if count == 0, let format = Self.compression(piece.readableBytesView) {
        throw WebError(.unsupportedMediaType, "the log is compressed by \(format)", hint: "send it as it is")
      }
      count += piece.readableBytes
      guard count <= Self.largest else { throw WebError(.contentTooLarge, "the log is larger than \(Self.largest) bytes") }
      try await log.write(Array(piece.readableBytesView))
    }
    guard count > 0 else { throw WebError(.badRequest, "the body is empty", hint: "curl --data-binary @build.log sends a file") }
    let kept = try await log.finish(build, step: step, by: sender, backend.store, now: backend.now())
    context.logger.info(
      "entered a log", metadata: ["build": "\(build.provider)/\(build.externalID)/\(build.attempt)", "builds": "\(kept.build)"])
    let isNew = kept.entered.builds + kept.entered.logs + kept.entered.changed > 0
    return try JSONBody.response(
      Receipt(build: kept.build, location: "/builds/\(kept.build)", bytes: kept.bytes, isNew: isNew, isCut: kept.isCut),
      status: isNew ? .created : .ok)
  }

  /// By how it begins. What comes in pieces of a few bytes is taken for a log, which does no harm.
  private static func compression(_ bytes: ByteBufferView) -> String? {
    bytes.starts(with: [0x1F, 0x8B, 0x08])
      ? "gzip" : bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) ? "zstd" : bytes.starts(with: [0x50, 0x4B, 3, 4]) ? "zip" : nil
  }

  private func sender(_ request: Request, _ context: WebContext) throws -> Sender {
    guard let sender = context.sender else {
      // Says what is missing.
      _ = try Site.viewer(of: context, .operator)
      throw WebError(.forbidden, "logs are entered by operators and tokens")
    }
    // What a browser sends by itself from another site's form has one of three other types.
    if let viewer = context.viewer, viewer.way == .session || viewer.way == .proxy,
      request.headers[.contentType]?.lowercased() != "application/octet-stream"
    {
      throw WebError(.unsupportedMediaType, "the log is sent as application/octet-stream", hint: "or with a token")
    }
    return sender
  }

  /// As a line of a manifest would say it, so that the same rules hold.
  private func build(_ request: Request) throws -> (build: Build, step: String) {
    let given = try FormText.decode(request.uri.query ?? "", strict: true)
    if let name = given.keys.sorted().first(where: { name in !Self.parameters.contains { $0.name == name } }) {
      throw WebError(
        .badRequest, "there is no parameter \(name)",
        hint: NearestName.of(name, among: Self.parameters.map(\.name)).map { "did you mean \($0)?" }, field: name)
    }
    var fields: [String: any Sendable] = ["file": "-"]
    for parameter in Self.parameters {
      switch try parameter.read(given[parameter.name], now: backend.now()) {
      case .number(let number): fields[parameter.name] = number
      case .text(let text) where !text.isEmpty: fields[parameter.name] = text
      default: break
      }
    }
    let json = try JSONSerialization.data(withJSONObject: fields)
    do {
      let line = try ManifestLine(json: Substring(decoding: json, as: UTF8.self), place: "query")
      return (line.build, line.step)
    } catch let problem {
      throw WebError(.badRequest, problem.what)
    }
  }
}

/// What was entered.
struct Receipt: APIValue {
  let build: Int64
  let location: String
  let bytes: Int
  let isNew: Bool
  let isCut: Bool

  static let schema = Schema.object(
    "Receipt", ["build": .integer, "location": .string, "bytes": .integer, "isNew": .boolean, "isCut": .boolean])
}
