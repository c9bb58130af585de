import Curl
import Foundation
import Synchronization
import TestSupport
import Testing

/// What one request can come to, through the real libcurl and a real socket.
@Suite struct TransferTests {
  private let client = HTTPClient(clock: ManualClock().clock)

  private func request(_ server: LoopbackServer, _ path: String = "/", _ method: HTTPMethod = .get) throws -> HTTPRequest {
    HTTPRequest(method, try HTTPURL(server.url + path))
  }

  /// Why a request has no answer.
  private func failure(_ request: HTTPRequest, into sink: BodySink? = nil) async -> CurlError? {
    do throws(CurlError) {
      if let sink { _ = try await client.send(request, into: sink) } else { _ = try await client.send(request) }
      Issue.record("there is an answer")
      return nil
    } catch {
      return error
    }
  }

  @Test func statusHeadersAndBodyArrive() async throws {
    let server = try LoopbackServer { request in
      .init(
        201, headers: [("X-Odd", " a: b "), ("x-odd", "c")],
        "\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))")
    }
    defer { server.stop() }
    var sent = try request(server, "/a%20b?q=1", .post)
    sent.body = Array("hello".utf8)
    sent.headers.add("Content-Type", "text/plain")
    let response = try await client.send(sent)
    #expect(response.status == 201)
    #expect(response.headers.all("X-ODD") == ["a: b", "c"])
    #expect(String(decoding: response.body, as: UTF8.self) == "POST /a%20b?q=1 hello")
    #expect(server.requests.first?.headers["content-type"] == "text/plain")
    #expect(server.requests.first?.headers["expect"] == nil)
  }

  @Test func aLineBreakInAFieldIsRefused() async throws {
    let server = try LoopbackServer { _ in .init(200) }
    defer { server.stop() }
    var sent = try request(server)
    sent.headers.add("X-Name", "a\r\nX-Forged: 1")
    let error = await failure(sent)
    #expect(error?.kind == .invalidRequest)
    #expect(server.requests.isEmpty)
  }

  /// A body that ends early, in every way that there is, is never a whole one.
  @Test(arguments: [0, 1, 2]) func aCutBodyIsAnError(way: Int) async throws {
    let server = try LoopbackServer { _ in
      switch way {
      case 0: .init(200, pieces: [.bytes([1, 2, 3]), .cut], length: 100)
      case 1: .nothing
      default: .init(200, headers: [("Transfer-Encoding", "chunked")], pieces: [.bytes(Array("5\r\nab".utf8)), .cut], length: -1)
      }
    }
    defer { server.stop() }
    let sent = try request(server, "/", .post)
    let error = await failure(sent)
    #expect(error?.kind == .cutShort)
    #expect(error?.isTransient == true)
  }

  /// libcurl sends a request once more by itself where a kept connection turns out to be dead. That could do it twice.
  @Test func aKeptConnectionThatDiesDoesNotDoubleAPost() async throws {
    let server = try LoopbackServer { request in request.method == "GET" ? .init(200) : .nothing }
    defer { server.stop() }
    _ = try await client.send(try request(server))
    #expect(await failure(try request(server, "/", .post))?.kind == .cutShort)
    #expect(server.requests.map(\.method) == ["GET", "POST"])
  }

  @Test func timesRunOut() async throws {
    let gate = LoopbackServer.Gate()
    let server = try LoopbackServer { _ in .init(200, pieces: [.wait(gate)], length: 5) }
    defer {
      gate.open()
      server.stop()
    }
    var sent = try request(server, "/", .post)
    sent.timeouts.total = .milliseconds(100)
    let total = await failure(sent)
    #expect(total?.kind == .timedOut(.total))
    sent.timeouts.total = .seconds(60)
    sent.timeouts.stall = .seconds(1)
    let stall = await failure(sent)
    #expect(stall?.kind == .timedOut(.stall))
  }

  @Test func nobodyListens() async throws {
    let port = try DeafPort()
    let sent = HTTPRequest(.post, try HTTPURL(port.url))
    let error = await failure(sent)
    #expect(error?.kind == .cannotConnect)
  }

  @Test func bodiesAreCapped() async throws {
    let server = try LoopbackServer { request in
      .init(request.target == "/error" ? 404 : 200, pieces: [.bytes([UInt8](repeating: 0x61, count: 5_000))])
    }
    defer { server.stop() }
    var sent = try request(server)
    sent.limits.bodyBytes = 4_999
    let error = await failure(sent)
    #expect(error?.kind == .tooLarge(.body))
    var other = try request(server, "/error")
    other.limits.errorBodyBytes = 100
    let response = try await client.send(other)
    #expect(response.body.count == 100)
    #expect(response.isBodyCut)
  }

  // MARK: - Redirects

  @Test func secretsStayWithWhomTheyAreFor() async throws {
    let server = try LoopbackServer { request in
      switch request.target {
      case "/away":
        .init(302, headers: [("Location", "http://localhost:\(request.headers["host"]?.split(separator: ":").last ?? "")/there")])
      case "/near": .init(302, headers: [("Location", "there")])
      default: .init(200, "x")
      }
    }
    defer { server.stop() }
    for (path, expected) in [("/away", nil), ("/near", "secret")] as [(String, String?)] {
      var sent = try request(server, path)
      sent.headers.add("Authorization", "secret")
      sent.headers.add("Circle-Token", "secret", secret: true)
      sent.headers.add("X-Plain", "plain")
      #expect(try await client.send(sent).status == 200)
      let last = try #require(server.requests.last)
      #expect(last.target == "/there")
      #expect(last.headers["authorization"] == expected)
      #expect(last.headers["circle-token"] == expected)
      #expect(last.headers["x-plain"] == "plain")
    }
  }

  @Test func redirectsEnd() async throws {
    let server = try LoopbackServer { request in
      .init(302, headers: [("Location", request.target == "/file" ? "file:///etc/passwd" : "/loop")])
    }
    defer { server.stop() }
    for path in ["/loop", "/file"] {
      let sent = try request(server, path)
      let error = await failure(sent)
      #expect(error?.kind == .refusedRedirect)
    }
    #expect(server.requests.count == 12)
  }

  @Test func aPostBecomesAGetAsBrowsersDoIt() async throws {
    let server = try LoopbackServer { request in
      request.target == "/" ? .init(303, headers: [("Location", "/seen")]) : .init(200, "\(request.method) \(request.body.count)")
    }
    defer { server.stop() }
    var sent = try request(server, "/", .post)
    sent.body = [1, 2, 3]
    #expect(String(decoding: try await client.send(sent).body, as: UTF8.self) == "GET 0")
  }

  /// A repository that was renamed: what is posted to its old name is for the new one, and for no other host.
  @Test(arguments: [301, 307, 308]) func aPostToWhatHasMovedIsRepeated(_ status: Int) async throws {
    let server = try LoopbackServer { request in
      switch request.target {
      case "/old": .init(status, headers: [("Location", "/new")])
      case "/away": .init(status, headers: [("Location", "http://localhost:1/new")])
      default: .init(200, "\(request.method) \(request.body.count)")
      }
    }
    defer { server.stop() }
    var sent = try request(server, "/old", .post)
    sent.body = [1, 2, 3]
    #expect(String(decoding: try await client.send(sent).body, as: UTF8.self) == "POST 3")
    var away = try request(server, "/away", .post)
    away.body = [1, 2, 3]
    #expect(await failure(away)?.kind == .refusedRedirect)
    #expect(server.requests.count == 3)
  }

  // MARK: - Sinks

  @Test func aSlowSinkSlowsTheServer() async throws {
    let piece = [UInt8](repeating: 0x61, count: 1 << 20)
    let server = try LoopbackServer { _ in .init(200, pieces: Array(repeating: .bytes(piece), count: 32)) }
    defer { server.stop() }
    let gate = LoopbackServer.Gate()
    let received = Mutex(0)
    let first = Mutex(true)
    let began = LoopbackServer.Gate()
    var sent = try request(server)
    sent.limits.bodyBytes = 32 << 20
    async let response = client.send(sent) { bytes in
      if first.withLock({ isFirst in
        defer { isFirst = false }
        return isFirst
      }) {
        began.open()
        gate.pass()
      }
      received.withLock { $0 += bytes.count }
    }
    Thread.detachNewThread {
      began.pass()
      gate.open()
    }
    #expect(try await response.bodyBytes == 32 << 20)
    #expect(received.withLock(\.self) == 32 << 20)
  }

  @Test func aSinkThatThrowsEndsTheTransfer() async throws {
    struct Full: Error {}
    let piece = [UInt8](repeating: 0x61, count: 1 << 20)
    let server = try LoopbackServer { _ in .init(200, pieces: Array(repeating: .bytes(piece), count: 32)) }
    defer { server.stop() }
    let sent = try request(server)
    let error = await failure(sent) { _ in throw Full() }
    #expect(error?.kind == .sinkFailed)
    #expect(error?.underlying is Full)
  }

  @Test func theBodyOfAnErrorDoesNotGoToTheSink() async throws {
    let server = try LoopbackServer { _ in .init(404, "gone") }
    defer { server.stop() }
    let sent = try request(server)
    let response = try await client.send(sent) { _ in Issue.record("the sink was called") }
    #expect(String(decoding: response.body, as: UTF8.self) == "gone")
  }

  // MARK: - Tasks and threads

  @Test func aCancelledTaskEndsItsTransfer() async throws {
    let gate = LoopbackServer.Gate()
    let arrived = AsyncStream.makeStream(of: Void.self)
    let server = try LoopbackServer { _ in
      arrived.continuation.yield()
      return .init(200, pieces: [.bytes([1]), .wait(gate)], length: 2)
    }
    defer {
      gate.open()
      server.stop()
    }
    let sent = try request(server)
    let task = Task { await failure(sent) }
    for await _ in arrived.stream { break }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    // One who is cancelled already doesn't begin.
    let late = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await failure(sent)
    }
    #expect(await late.value?.kind == .cancelled)
  }

  /// Transfers that hang block nobody: others are done meanwhile, by the same few threads.
  @Test func manyAtOnceBlockNobody() async throws {
    let gate = LoopbackServer.Gate()
    let server = try LoopbackServer { request in
      request.target == "/hang" ? .init(200, pieces: [.wait(gate), .bytes([1])]) : .init(200, request.target)
    }
    let other = try LoopbackServer { request in .init(200, request.target) }
    defer {
      server.stop()
      other.stop()
    }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<16 {
        var sent = try request(server, "/hang")
        // However long the others take on a busy machine.
        sent.timeouts.connect = .seconds(3_600)
        sent.timeouts.stall = .seconds(3_600)
        sent.timeouts.total = .seconds(3_600)
        group.addTask { [client, sent] in try await client.send(sent).body.count }
      }
      for number in 0..<200 {
        let sent = try request(other, "/\(number)")
        let body = try await client.send(sent).body
        #expect(String(decoding: body, as: UTF8.self) == "/\(number)")
      }
      gate.open()
      for try await count in group { #expect(count == 1) }
    }
  }
}
