import ArchiveFixtures
import Curl
import Foundation
import Synchronization
import TestSupport
import Testing

/// Bodies that come packed: all of one, or an error, whatever the framing of HTTP says.
@Suite struct EncodingTests {
  private static let text = Array(String(repeating: "a line of a log, and another\n", count: 20_000).utf8)

  enum Coding: String, CaseIterable {
    case gzip, zstd
    func pack(_ bytes: [UInt8]) throws -> [UInt8] { try self == .gzip ? Tool.gzip(bytes) : Tool.zstd(bytes) }
  }

  /// How the end of the body is told.
  enum Framing: CaseIterable {
    case length, chunks, close

    func answer(_ body: [UInt8], status: Int = 200, coding: String) -> LoopbackServer.Answer {
      let encoding = [("Content-Encoding", coding)]
      switch self {
      case .length: return .init(status, headers: encoding, pieces: [.bytes(body)])
      case .close: return .init(status, headers: encoding, pieces: [.bytes(body)], length: -1)
      case .chunks:
        let chunk = Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
        return .init(status, headers: encoding + [("Transfer-Encoding", "chunked")], pieces: [.bytes(chunk)], length: -1)
      }
    }
  }

  /// - Returns: the body, by a sink or without, or why there is none.
  private func fetch(_ answer: LoopbackServer.Answer, sink: Bool, most: Int = 16 << 20) async throws -> Result<[UInt8], CurlError> {
    let server = try LoopbackServer { _ in answer }
    defer { server.stop() }
    var settings = HTTPClient.Settings()
    settings.retry.mostTries = 1
    let client = HTTPClient(settings, clock: ManualClock().clock)
    var request = HTTPRequest(.get, try HTTPURL(server.url))
    request.limits.bodyBytes = most
    let taken = Mutex<[UInt8]>([])
    do throws(CurlError) {
      guard sink else { return .success(Array(try await client.send(request).body)) }
      let response = try await client.send(request) { piece in taken.withLock { $0 += piece } }
      #expect(response.bodyBytes == taken.withLock(\.count))
      return .success(taken.withLock(\.self))
    } catch {
      return .failure(error)
    }
  }

  private func reason(_ answer: LoopbackServer.Answer, sink: Bool, most: Int = 16 << 20) async throws -> CurlError.Kind? {
    guard case .failure(let error) = try await fetch(answer, sink: sink, most: most) else { return nil }
    return error.kind
  }

  @Test(arguments: Coding.allCases, Framing.allCases) func aPackedBodyIsUnpacked(coding: Coding, framing: Framing) async throws {
    let whole = try coding.pack(Self.text)
    let half = Self.text.count / 2
    let inTwo = try coding.pack(Array(Self.text[..<half])) + coding.pack(Array(Self.text[half...]))
    for sink in [false, true] {
      // A stream may consist of several; file stores keep what was appended so.
      for body in [whole, inTwo] {
        let taken = try await fetch(framing.answer(body, coding: coding.rawValue), sink: sink)
        #expect(try taken.get() == Self.text)
      }
    }
  }

  /// libcurl by itself takes it for whole.
  @Test(arguments: Coding.allCases, Framing.allCases) func aPackedBodyThatEndsTooEarlyIsCut(coding: Coding, framing: Framing)
    async throws
  {
    let whole = try coding.pack(Self.text)
    for missing in [1, 4, whole.count / 2, whole.count - 1] {
      let answer = framing.answer(Array(whole.dropLast(missing)), coding: coding.rawValue)
      for sink in [false, true] { #expect(try await reason(answer, sink: sink) == .cutShort) }
    }
  }

  @Test(arguments: Coding.allCases) func whatIsBrokenIsNoBody(coding: Coding) async throws {
    let whole = try coding.pack(Self.text)
    var flipped = whole
    flipped[whole.count / 2] ^= 0x40
    for body in [whole + Array("garbage behind it".utf8), flipped, Array("<html>not packed at all</html>".utf8)] {
      for sink in [false, true] {
        #expect(try await reason(Framing.length.answer(body, coding: coding.rawValue), sink: sink) == .badResponse)
      }
    }
  }

  /// Some kilobytes can hold gigabytes, and a slow sink must not make us keep what comes out of them.
  @Test(arguments: Coding.allCases) func aBombIsStopped(coding: Coding) async throws {
    let bomb = try coding.pack([UInt8](repeating: 0, count: 20 << 20))
    let answer = Framing.length.answer(bomb, coding: coding.rawValue)
    for sink in [false, true] {
      #expect(try await fetch(answer, sink: sink, most: 20 << 20).get().count == 20 << 20)
      #expect(try await reason(answer, sink: sink, most: 20 << 20 - 1) == .tooLarge(.body))
    }
  }

  @Test(arguments: ["br", "deflate", "gzip, gzip", "odd"]) func whatWasNotAskedForIsNotGuessed(coding: String) async throws {
    let answer = Framing.length.answer(try Tool.gzip(Self.text), coding: coding)
    for sink in [false, true] { #expect(try await reason(answer, sink: sink) == .badResponse) }
    let transfer = LoopbackServer.Answer(200, headers: [("Transfer-Encoding", "gzip, chunked")], pieces: [.bytes([])], length: -1)
    #expect(try await reason(transfer, sink: false) == .badResponse)
  }

  @Test func nothingMayBePacked() async throws {
    for coding in ["gzip", "zstd", "identity", ""] {
      #expect(try await fetch(Framing.length.answer([], coding: coding), sink: false).get() == [])
    }
  }

  /// The status of an error tells enough, also where its text can't be read.
  @Test func anErrorIsAnErrorHoweverItIsPacked() async throws {
    let text = Array(#"{"message":"Not Found"}"#.utf8)
    let packed = try Tool.gzip(text)
    for (body, expected) in [(packed, text), (Array("{}".utf8), []), (Array(packed.dropLast(9)), nil)] as [([UInt8], [UInt8]?)] {
      let server = try LoopbackServer { _ in Framing.length.answer(body, status: 404, coding: "gzip") }
      defer { server.stop() }
      let response = try await HTTPClient().send(HTTPRequest(.get, try HTTPURL(server.url)))
      #expect(response.status == 404)
      if let expected { #expect(Array(response.body) == expected) }
      #expect(server.requests.first?.headers["accept-encoding"] == "gzip, zstd")
    }
  }
}
