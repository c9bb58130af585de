import Foundation
import HTTPTypes
import Model
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Pipeline
import Store
import TestSupport
import Testing

@testable import Web

/// What anybody on the network can send, whether or not they may look.
@Suite struct StrangerTests {
  @Test func whatIsNotSignedIsRefusedBeforeItsBody() async throws {
    try await WebSite.with({ $0.webhookSecrets = ["github": "s"] }) { site in
      let head = "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n"
      // None of the body is sent, so only what doesn't wait for it answers. The connection is no use after that.
      let answer = await (try PlainConnection(site, head + "Connection: close\r\n\r\n")).answer()
      #expect(answer.hasPrefix("HTTP/1.1 401"))
    }
  }

  @Test func fewLargeDeliveriesAreReadAtOnce() async throws {
    try await WebSite.with({ $0.webhookSecrets = ["github": "s"] }) { site in
      let signature = ["X-Hub-Signature-256": "sha256=00"]
      let head = "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature-256: sha256=00\r\n"
      let waiting = try (0..<8).map { _ in try PlainConnection(site, head + "Content-Length: 300000\r\n\r\n") }
      // They are there when the server has read what they say; until then one more finds a place.
      let large = String(repeating: "x", count: 300_000)
      let ends = ContinuousClock.now + .seconds(60)
      var status: Int? = 401
      while status == 401, ContinuousClock.now < ends {
        status = try await PlainConnection.status(site, "POST /webhooks/github", signature, large)
      }
      #expect(status == 503)
      // Small ones don't wait for anybody.
      #expect(try await PlainConnection.status(site, "POST /webhooks/github", signature, "{}") == 401)
      withExtendedLifetime(waiting) {}
    }
  }

  /// Such clients read to where the connection ends; they may ask for it to be kept, and learn by its end that it isn't.
  @Test(arguments: ["", "Connection: Keep-Alive\r\n"])
  func anAnswerToAnOldClientEndsWithItsConnection(_ header: String) async throws {
    try await WebSite.with { site in
      let answer = await (try PlainConnection(site, "GET /health HTTP/1.0\r\nHost: localhost\r\n\(header)\r\n")).answer()
      #expect(answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix("\r\n\r\nok\n"), "\(answer)")
    }
  }

  /// As for a proxy: what a proxy in front goes by is what counts here, too.
  @Test func theHostOfAWholeAddressCounts() async throws {
    try await WebSite.with { site in
      let foreign = try await PlainConnection.status(site, "GET http://evil.example/api/v1/causes")
      let hidden = try await PlainConnection.status(site, "GET http://localhost@evil.example/api/v1/causes")
      let own = try await PlainConnection.status(site, "GET http://localhost:8080/api/v1/causes?since=7d")
      #expect(foreign == 421 && hidden == 421 && own == 200)
      // A path may hold an address.
      #expect(try await PlainConnection.status(site, "GET /known?job=http://evil.example") == 200)
    }
  }

  /// What can't be read is told, too, and the connection ends; what was asked before on it is answered.
  @Test func headsThatCannotBeReadAreToldWhy() async throws {
    try await WebSite.with { site in
      let long = String(repeating: "x", count: 90_000)
      let fields = (0..<1_001).map { "X-\($0): x\r\n" }.joined()
      let known = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
      let cases: [(String, Int, String)] = [
        (
          "GET /api/v1/builds?job=\(long) HTTP/1.1\r\nHost: localhost\r\n\r\n", 414,
          "the address is too long: it and the headers may have 81920 bytes"
        ),
        ("GET /builds HTTP/1.1\r\nHost: localhost\r\nX-A: \(long)\r\n\r\n", 431, "they may have 81920 bytes"),
        ("\r\nGET /builds HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n", 431, "and be 1000"),
        ("SSH-2.0-OpenSSH_9.2\r\n", 400, "that is no HTTP"),
      ]
      for (text, status, detail) in cases {
        // Sent without waiting for an answer, it may be said of the wrong part.
        for before in status == 400 ? ["", known] : [""] {
          let answer = await (try PlainConnection(site, before + text)).answer()
          let last = answer.components(separatedBy: "HTTP/1.1 ").last ?? ""
          #expect(last.hasPrefix("\(status) ") && last.contains("application/problem+json"), "\(answer)")
          let body = try JSONValue(Data((last.components(separatedBy: "\r\n\r\n").last ?? "").utf8))
          #expect(body["status"].number == Double(status) && body["detail"].text?.contains(detail) == true)
          #expect(answer.hasPrefix("HTTP/1.1 200") == !before.isEmpty)
        }
      }
      // A body that is none is the asker's mistake, not ours.
      let broken =
        "POST /api/v1/known HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      let answer = await (try PlainConnection(site, broken + "zz\r\n")).answer()
      #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
    }
  }

  @Test func placesAreGivenBackAndNobodyTakesThemAll() async throws {
    let places = Places(2, ofOne: 1)
    try await places.take(for: "ann") {
      await #expect(throws: Places.Full(most: 1, isOwn: true)) { try await places.take(for: "ann") {} }
      try await places.take(for: "bob") {
        await #expect(throws: Places.Full(most: 2, isOwn: false)) { try await places.take(for: "cyd") {} }
      }
      await #expect(throws: WebError.self) { try await places.take(for: "bob") { throw WebError(.conflict, "x") } }
      try await places.take(for: "cyd") {}
    }
  }

  @Test func whoTakesNothingOfAnAnswerIsClosed() throws {
    let channel = try Self.connection()
    try channel.writeInbound(Self.head)
    try channel.writeInbound(HTTPRequestPart.end(nil))
    let body = HTTPResponsePart.body(ByteBuffer(string: "x"))
    // Taken within the time, and then nothing more to take: that may last.
    channel.write(body, promise: nil)
    channel.embeddedEventLoop.advanceTime(by: .seconds(59))
    channel.flush()
    channel.embeddedEventLoop.advanceTime(by: .seconds(3_600))
    #expect(channel.isActive)
    // Two parts; one is taken late, the other never.
    channel.write(body, promise: nil)
    channel.embeddedEventLoop.advanceTime(by: .seconds(59))
    #expect(channel.isActive)
    channel.write(body, promise: nil)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  @Test func aBodyThatNeverEndsIsClosed() throws {
    let channel = try Self.connection()
    try channel.writeInbound(Self.head)
    try channel.writeInbound(HTTPRequestPart.end(nil))
    channel.embeddedEventLoop.advanceTime(by: .seconds(601))
    #expect(channel.isActive)
    try channel.writeInbound(Self.head)
    for _ in 0..<10 {
      channel.embeddedEventLoop.advanceTime(by: .seconds(60))
      _ = try? channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "x")))
    }
    #expect(!channel.isActive)
  }

  @Test func whoConnectsAndSaysNothingIsClosed() throws {
    let channel = try Self.connection()
    channel.embeddedEventLoop.advanceTime(by: .seconds(14))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  private static let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "http", authority: "x", path: "/"))

  /// Where there are too many connections, the one whose client has been waited for the longest goes, and none that waits for us.
  @Test func whoSaysNothingMakesRoom() throws {
    let places = ConnectionPlaces(most: 3)
    let (silent, busy, late) = (try Self.connection(places), try Self.connection(places), try Self.connection(places))
    try busy.writeInbound(Self.head)
    #expect(silent.isActive && busy.isActive && late.isActive)
    let fourth = try Self.connection(places)
    #expect(!silent.isActive && busy.isActive && late.isActive && fourth.isActive)
    // Now we are what it waits for. Once it is answered, it has waited for the shortest time.
    try busy.writeInbound(HTTPRequestPart.end(nil))
    let fifth = try Self.connection(places)
    #expect(busy.isActive && !late.isActive && fourth.isActive)
    try busy.writeOutbound(HTTPResponsePart.end(nil))
    let sixth = try Self.connection(places)
    #expect(busy.isActive && !fourth.isActive && fifth.isActive)
    try fifth.writeInbound(Self.head)
    try sixth.writeInbound(Self.head)
    let seventh = try Self.connection(places)
    #expect(!busy.isActive && fifth.isActive && sixth.isActive && seventh.isActive)
    // Who goes by itself leaves a place.
    try seventh.close().wait()
    try withExtendedLifetime(Self.connection(places)) { #expect(fifth.isActive && sixth.isActive) }
  }

  /// A refused body that goes on, a byte now and then, and an answer that isn't taken are waited for, too; what comes steadily is new each time.
  @Test func whoDribblesMakesRoom() throws {
    let places = ConnectionPlaces(most: 3)
    let (refused, dribbling, steady) = (try Self.connection(places), try Self.connection(places), try Self.connection(places))
    for channel in [refused, dribbling, steady] { try channel.writeInbound(Self.head) }
    try dribbling.writeInbound(HTTPRequestPart.body(ByteBuffer(bytes: [1])))
    try refused.writeOutbound(HTTPResponsePart.end(nil))
    try steady.writeInbound(HTTPRequestPart.body(ByteBuffer(bytes: [1])))
    let first = try Self.connection(places)
    #expect(!dribbling.isActive && refused.isActive && steady.isActive)
    try steady.writeInbound(HTTPRequestPart.body(ByteBuffer(bytes: [1])))
    let second = try Self.connection(places)
    #expect(!refused.isActive && steady.isActive && first.isActive && second.isActive)
    // What is left of a refused body is taken for some seconds.
    let third = try Self.connection()
    try third.writeInbound(Self.head)
    try third.writeOutbound(HTTPResponsePart.end(nil))
    third.embeddedEventLoop.advanceTime(by: .seconds(4))
    #expect(third.isActive)
    third.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!third.isActive)
  }

  private static func connection(_ places: ConnectionPlaces = ConnectionPlaces(most: 1_000)) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(
      handler: RequestDeadline(places: places, firstLimit: .seconds(15), bodyLimit: .seconds(600), writeLimit: .seconds(60)))
    try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
    return channel
  }
}
