import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Says what is wrong with a head that can't be read: the server itself ends such a connection with a bare 400.
///
/// | what came | is told as |
/// | --- | --- |
/// | more than a head may be, most of it the address | 414 (RFC 9110, 15.5.15) |
/// | more than a head may be, most of it fields, or too many of them | 431 (RFC 6585, 5) |
/// | no HTTP | 400 |
///
/// As `application/problem+json`, as nobody knows yet who asks, and for what. What was asked before on the same connection is answered first.
final class HeadRefusal: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Of an address and all fields of a head, in bytes.
  static let longestHead = 80 << 10
  static let mostFields = 1_000

  private let line = RequestLine()
  private var refusal: Problem?

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    if let decoder = try? pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self) {
      try? pipeline.addHandler(line, position: .before(decoder.handler))
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .end = Self.unwrapInboundIn(data) { line.begin() }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? HTTPParserError, refusal == nil {
      refusal =
        switch error {
        case .headerOverflow where line.length > Self.longestHead / 2:
          Self.problem(
            .uriTooLong, "the address is too long: it and the headers may have \(Self.longestHead) bytes",
            "send it as the body of a POST")
        case .headerOverflow:
          Self.problem(
            .requestHeaderFieldsTooLarge,
            "the headers are too long or too many: they may have \(Self.longestHead) bytes and be \(Self.mostFields)")
        default: Self.problem(.badRequest, "that is no HTTP")
        }
    }
    context.fireErrorCaught(error)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard let refusal, case .head(let head) = Self.unwrapOutboundIn(data), head.status == .badRequest,
      head.headerFields[.contentLength] == "0", let body = try? JSONBody.encode(refusal)
    else { return context.write(data, promise: promise) }
    let told = HTTPResponse(
      status: .init(code: refusal.status, reasonPhrase: refusal.title),
      headerFields: [
        .connection: "close", .contentType: "application/problem+json", .contentLength: String(body.count),
        .cacheControl: "no-store",
        .xContentTypeOptions: "nosniff",
      ])
    context.write(Self.wrapOutboundOut(.head(told)), promise: promise)
    context.write(Self.wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
  }

  private static func problem(_ status: HTTPResponse.Status, _ detail: String, _ hint: String? = nil) -> Problem {
    Problem(title: status.reasonPhrase, status: status.code, detail: detail, hint: hint, field: nil)
  }
}

/// How long the first line of a request is, in bytes, as far as it has come. It stands before what reads heads, and is told where one ends.
/// Of requests that are sent without waiting for answers it may take the rest of a head for a first line, and so have the wrong part of what
/// is too long be named.
private final class RequestLine: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private(set) var length = 0
  private var isOpen = true

  func begin() { (length, isOpen) = (0, true) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isOpen {
      var bytes = Self.unwrapInboundIn(data).readableBytesView[...]
      // Empty lines before the first are nothing (RFC 9112, 2.2).
      if length == 0 { bytes = bytes.drop { $0 == 0x0D || $0 == 0x0A } }
      let end = bytes.firstIndex(of: 0x0A)
      length += bytes[..<(end ?? bytes.endIndex)].count
      isOpen = end == nil
    }
    context.fireChannelRead(data)
  }
}
