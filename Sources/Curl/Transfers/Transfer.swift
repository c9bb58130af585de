import CCurl
import Foundation
import Synchronization

/// One request and its answer, without redirects and further tries.
///
/// Everything but `SinkLine` is touched by the loop's thread only, from `begin` to `end`; then, by the sink's queue alone.
// `@safe`: the handle and the list are made once and freed by `deinit` only.
@safe final class Transfer: @unchecked Sendable {
  private let request: HTTPRequest
  private let trust: HTTPTrust
  private let completion: @Sendable (Result<HTTPResponse, CurlError>) -> Void
  private let sink: SinkLine?

  // Freed by `deinit`; libcurl has let go of both by then (`leave`).
  private let easy: CurlEasy
  private var fields: UnsafeMutablePointer<curl_slist>?

  private var headers = HTTPHeaders()
  private var headerBytes = 0
  /// Of the answer's body, from its first bytes on.
  private var reader: BodyReader?
  private var body = Data()
  private var isBodyCut = false
  /// Why a callback ended the transfer, which is more than what libcurl knows.
  private var failure: CurlError?

  /// - Parameters:
  ///   - sink: takes the body of an answer of 2xx.
  ///   - completion: called once, from any thread.
  init(
    _ request: HTTPRequest, _ trust: HTTPTrust, into sink: BodySink?,
    completion: @Sendable @escaping (Result<HTTPResponse, CurlError>) -> Void
  ) {
    self.request = request
    self.trust = trust
    self.completion = completion
    unsafe easy = CurlEasy.make()
    self.sink = unsafe sink.map { unsafe SinkLine($0) }
  }

  deinit {
    unsafe easy.cleanup()
    unsafe curl_slist_free_all(fields)
  }

  /// What libcurl knows the transfer by.
  var context: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

  /// Whether the one who asked has gone before the transfer was begun.
  private let isCancelled = Mutex(false)

  /// May be called from any thread, before and after `TransferLoop.add`.
  func cancel() {
    isCancelled.withLock { $0 = true }
    TransferLoop.shared.cancel(self)
  }

  // MARK: - By the loop

  /// - Returns: why it can't even be begun.
  func begin(on multi: CurlMulti) -> CurlError? {
    if isCancelled.withLock(\.self) { return error(.cancelled, "the task was cancelled") }
    guard unsafe easy.pointer != nil else { return error(.outOfMemory, "libcurl has no memory") }
    sink?.onChange { [weak self] in self.map { TransferLoop.shared.resume($0) } }
    guard configure() == CURLE_OK else { return error(.invalidRequest, "libcurl refuses an option") }
    return unsafe multi.add(easy) == CURLM_OK ? nil : error(.outOfMemory, "libcurl can't take it")
  }

  /// libcurl forgets the transfer.
  func leave(_ multi: CurlMulti) { _ = unsafe multi.remove(easy) }

  func resume() { _ = unsafe easy.resume() }

  /// Tells how it ended, once the sink has taken everything.
  func end(_ error: CurlError?) {
    guard let sink else {
      var error = error
      if error == nil, isSuccess, let reader {
        do throws(BodyReader.Problem) { try reader.finish() } catch let problem { error = self.error(problem) }
      }
      completion(error.map { .failure($0) } ?? .success(response))
      return
    }
    sink.finish(error == nil && isSuccess ? reader : nil) { [self] thrown in
      switch thrown {
      case nil: completion(error.map { .failure($0) } ?? .success(response))
      case let problem as BodyReader.Problem: completion(.failure(self.error(problem)))
      case let thrown?:
        completion(
          .failure(
            CurlError(
              .sinkFailed, operation: "receive", subject: request.subject, cause: "what takes the body failed", underlying: thrown)
          ))
      }
    }
  }

  private var isSuccess: Bool { (200..<300).contains(unsafe easy.number(CURLINFO_RESPONSE_CODE)) }

  private var response: HTTPResponse {
    let versions = [Int(CURL_HTTP_VERSION_1_0): 10, Int(CURL_HTTP_VERSION_2_0): 20, 30: 30]
    return HTTPResponse(
      status: unsafe easy.number(CURLINFO_RESPONSE_CODE), headers: headers, body: body, bodyBytes: reader?.count ?? 0,
      isBodyCut: isBodyCut, url: request.url, version: versions[unsafe easy.number(CURLINFO_HTTP_VERSION)] ?? 11)
  }

  // MARK: - Set-up

  private func configure() -> CURLcode {
    var code = CURLE_OK
    func number(_ option: CURLoption, _ value: Int) {
      if code == CURLE_OK { unsafe code = easy.set(option, number: value) }
    }
    func text(_ option: CURLoption, _ value: String?) {
      if code == CURLE_OK { unsafe code = easy.set(option, text: value) }
    }
    text(CURLOPT_URL, request.url.absolute)
    // Signals belong to the process, not to a library.
    number(CURLOPT_NOSIGNAL, 1)
    text(CURLOPT_PROTOCOLS_STR, "http,https")
    number(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    number(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.timeouts.connect.milliseconds))
    number(CURLOPT_TIMEOUT_MS, max(1, request.timeouts.total.milliseconds))
    number(CURLOPT_LOW_SPEED_LIMIT, request.timeouts.stallBytesPerSecond)
    number(CURLOPT_LOW_SPEED_TIME, max(1, request.timeouts.stall.milliseconds / 1_000))
    // On a kept connection that turns out to be dead libcurl sends a request once more by itself, and a POST would be done twice.
    if !request.isRepeatable { number(CURLOPT_FRESH_CONNECT, 1) }
    // Requests to one host go over one connection, if it speaks HTTP/2; whether it does shows before any of them is sent.
    if request.url.origin.scheme == "https" { number(CURLOPT_PIPEWAIT, 1) }
    // libcurl heeds the variables of proxies by itself, but not those that name certificates.
    if let file = trust.file { text(CURLOPT_CAINFO, file) }
    if let folder = trust.folder { text(CURLOPT_CAPATH, folder) }
    switch request.method {
    case .get: break
    case .head: number(CURLOPT_NOBODY, 1)
    case .post, .put, .patch, .delete: text(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
    if let body = request.body {
      unsafe body.withUnsafeBytes { bytes in
        // An empty body has no address of its own.
        let start = unsafe bytes.baseAddress ?? UnsafeRawPointer(("" as StaticString).utf8Start)
        if code == CURLE_OK { unsafe code = easy.setBody(start, count: curl_off_t(bytes.count)) }
      }
      text(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
    // No wait for "100 Continue".
    for line in ["Expect:", "Accept-Encoding: \(ContentCoding.accepted)"]
      + request.headers.fields.map({ $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" })
    {
      // A line break within would be a field of someone else's making.
      guard !line.utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) else { return CURLE_BAD_FUNCTION_ARGUMENT }
      guard let longer = unsafe curl_slist_append(fields, line) else { return CURLE_OUT_OF_MEMORY }
      unsafe fields = longer
    }
    if code == CURLE_OK { unsafe code = easy.setHeaders(fields) }
    if code == CURLE_OK {
      unsafe code = easy.setSinks(
        body: { bytes, size, count, context in
          guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
          let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
          return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().take(body: piece)
        },
        header: { bytes, size, count, context in
          guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
          let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
          return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().take(header: line)
        }, context: context)
    }
    return code
  }

  // MARK: - By libcurl

  private func take(body piece: UnsafeRawBufferPointer) -> Int {
    if isSuccess, let sink {
      guard !sink.hasFailed else { return ccurl_abort }
      guard sink.hasRoom else { return ccurl_pause }
    }
    do {
      let reader = try reader ?? BodyReader(headers, atMost: request.limits.bodyBytes)
      self.reader = reader
      if isSuccess, let sink {
        sink.take(unsafe Data(piece), reader)
      } else {
        let most = isSuccess ? Int.max : request.limits.errorBodyBytes
        unsafe try reader.read(piece) { decoded in
          let room = max(0, most - body.count)
          unsafe body.append(contentsOf: decoded.prefix(room))
          isBodyCut = isBodyCut || decoded.count > room
        }
      }
      return piece.count
    } catch {
      guard let problem = error as? BodyReader.Problem else { return ccurl_abort }
      // The status of an error tells enough, also where its text can't be read.
      if !isSuccess, !problem.isTooLarge {
        isBodyCut = true
        return piece.count
      }
      failure = self.error(problem)
      return ccurl_abort
    }
  }

  private func take(header line: UnsafeRawBufferPointer) -> Int {
    let text = unsafe String(decoding: line, as: UTF8.self)
    // The first line of an answer: an interim one (1xx) may have come before.
    if text.hasPrefix("HTTP/") {
      headers = HTTPHeaders()
      return line.count
    }
    headerBytes += line.count
    guard let colon = text.firstIndex(of: ":") else { return line.count }
    let (name, value) = (String(text[..<colon]), text[text.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines))
    // libcurl unpacks it unasked, and wouldn't tell that it ends too early.
    if name.lowercased() == "transfer-encoding", !["chunked", "identity"].contains(value.lowercased()) {
      failure = error(.badResponse, "the answer is packed in a way that wasn't asked for")
      return ccurl_abort
    }
    guard headerBytes <= request.limits.headerBytes, headers.fields.count < request.limits.headerFields else {
      failure = error(.tooLarge(.headers), "there are too many header fields")
      return ccurl_abort
    }
    headers.add(name, value)
    return line.count
  }

  // MARK: - Errors

  func error(_ kind: CurlError.Kind, _ cause: String) -> CurlError {
    CurlError(kind, operation: "request", subject: request.subject, cause: cause)
  }

  private func error(_ problem: BodyReader.Problem) -> CurlError {
    switch problem {
    case .tooLarge: error(.tooLarge(.body), "the body has more than \(request.limits.bodyBytes) bytes")
    case .cut: error(.cutShort, "the body's compressed data ends too early")
    case .broken(let why): error(.badResponse, "the body can't be read: \(why)")
    }
  }

  func error(_ code: CURLcode) -> CurlError {
    if let failure { return failure }
    // libcurl's own words may repeat the address, whose query may be secret.
    let cause = unsafe String(cString: curl_easy_strerror(code)).lowercased()
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return error(.cannotResolve, cause)
    case CURLE_COULDNT_CONNECT: return error(.cannotConnect, cause)
    case CURLE_OPERATION_TIMEDOUT: return timeout
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CRL_BADFILE:
      return error(.tls, cause)
    case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      return error(.cutShort, cause)
    case CURLE_OUT_OF_MEMORY: return error(.outOfMemory, cause)
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT: return error(.invalidRequest, cause)
    default: return error(.badResponse, cause)
    }
  }

  private var timeout: CurlError {
    let total = Int(unsafe easy.microseconds(CURLINFO_TOTAL_TIME_T)) / 1_000
    if total + 20 >= request.timeouts.total.milliseconds {
      return error(.timedOut(.total), "it took longer than \(request.timeouts.total.milliseconds) ms")
    }
    if unsafe easy.microseconds(CURLINFO_PRETRANSFER_TIME_T) == 0 {
      return error(.timedOut(.connect), "no connection stood after \(request.timeouts.connect.milliseconds) ms")
    }
    return error(.timedOut(.stall), "nothing came for \(request.timeouts.stall.milliseconds) ms")
  }
}

extension Duration {
  /// Whole milliseconds.
  var milliseconds: Int { Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000) }
}
