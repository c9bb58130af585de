import Foundation
import Hummingbird
import Model
import NIOCore
import Pipeline
import Synchronization

/// What of a trial isn't a value: its events while it runs, and the file that it can be saved as.
struct TryRoutes: Sendable {
  let backend: Backend
  let shell: Shell

  /// Streams of one trial at once; each holds a connection.
  private static let mostWatchers = 50
  /// A change is told so often at most, and that the connection lives so seldom at least.
  private static let pause = Duration.milliseconds(400)
  private static let heartbeat = Duration.seconds(15)

  func add(to site: inout Site, _ router: Router<WebContext>) {
    router.get("try/:trial/pattern.yaml") { _, context in
      _ = try Site.viewer(of: context, .reader)
      return try await file(context.parameters.require("trial"))
    }
    router.get("try/:trial/events") { _, context in
      _ = try Site.viewer(of: context, .reader)
      return try await events(context.parameters.require("trial"), asJSON: false)
    }
    let operation = Site.Operation(
      method: .get, path: "try/:trial/events", summary: "How a trial goes on, as server-sent events.",
      about: "The data of the events `state` and, at last, `end` is what `GET /try` tells as `trial`.",
      parameters: [.path("trial", .text(most: 64), "The trial's key.")], role: .reader, answer: TrialValue.schema,
      answerType: "text/event-stream")
    site.describe(operation) { _, context in
      _ = try Site.viewer(of: context, .reader)
      return try await events(context.parameters.require("trial"), asJSON: true)
    }
  }

  private func file(_ key: String) async throws -> Response {
    guard let state = await backend.trials.state(key) else { throw Self.unknown }
    guard let file = state.file(today: today) else {
      throw WebError(.conflict, "nothing was found that could be its example", hint: "write the file by hand")
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/yaml; charset=utf-8",
        .contentDisposition: "attachment; filename=\"\(Self.safe(file.name)).yaml\"",
      ], body: ResponseBody(byteBuffer: ByteBuffer(string: file.yaml)))
  }

  /// Letters, digits and hyphens: nothing that could end the field.
  private static func safe(_ name: String) -> String {
    String(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
  }

  private static var unknown: WebError {
    WebError(.notFound, "this trial is not known any more", hint: "begin it again: it goes on where it was")
  }

  // MARK: - Events

  /// Server-sent events (WHATWG HTML, 9.2): `state` with the trial as HTML or JSON after each change, `end` with the last one.
  private func events(_ key: String, asJSON: Bool) async throws -> Response {
    guard await backend.trials.watchers(key) < Self.mostWatchers else {
      throw WebError(.tooManyRequests, "too many look at this trial already", headers: [.retryAfter: "10"])
    }
    guard let states = await backend.trials.states(key) else { throw Self.unknown }
    return Response(
      status: .ok,
      headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store", .init("X-Accel-Buffering")!: "no"],
      body: ResponseBody { writer in
        try await tell(states, of: key, asJSON: asJSON, to: &writer)
        try await writer.finish(nil)
      })
  }

  /// Writes the states; those that come while nobody reads are passed over, but never the last. In between there are signs of life.
  private func tell(
    _ states: AsyncStream<TrialDesk.State>, of key: String, asJSON: Bool, to writer: inout any ResponseBodyWriter
  ) async throws {
    let latest = Mutex<TrialDesk.State?>(nil)
    let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let reading = Task {
      for await state in states {
        latest.withLock { $0 = state }
        wake.yield()
      }
      wake.finish()
    }
    let beating = Task {
      while true {
        try await Task.sleep(for: Self.heartbeat)
        wake.yield()
      }
    }
    defer {
      reading.cancel()
      beating.cancel()
    }
    for await _ in wakes {
      let state = latest.withLock { latest in
        defer { latest = nil }
        return latest
      }
      guard let state else {
        try await writer.write(ByteBuffer(string: ": still here\n\n"))
        continue
      }
      let text = try asJSON ? json(key, state) : html(key, state)
      try await writer.write(ByteBuffer(string: Self.event(state.isRunning ? "state" : "end", text)))
      if state.isRunning { try await Task.sleep(for: Self.pause) }
    }
  }

  private var today: CalendarDay { CalendarDay(secondsSince1970: backend.now()) }

  private func json(_ key: String, _ state: TrialDesk.State) throws -> String {
    String(decoding: try JSONBody.encode(TrialValue(key, state, today: today)), as: UTF8.self)
  }

  private func html(_ key: String, _ state: TrialDesk.State) throws -> String {
    try shell.templates.render(Fragment(trial: TrialView(TrialValue(key, state, today: today))), "try-result")
  }

  private struct Fragment: Sendable {
    let trial: TrialView
  }

  /// A line break of any kind would end the line, so each line is sent as one of its own.
  private static func event(_ name: String, _ text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    return "event: \(name)\n" + lines.map { "data: \($0)\n" }.joined() + "\n"
  }
}
