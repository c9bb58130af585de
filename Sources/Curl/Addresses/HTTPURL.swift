import CCurl
import Foundation

/// An address that libcurl has parsed: http or https, absolute, without a user and a fragment.
///
/// libcurl's parser and no other, so that what is checked here is what libcurl connects to.
package struct HTTPURL: Hashable, Sendable {
  /// The whole address, to be sent. Its query may be secret: signed links carry their signature there.
  package let absolute: String
  /// Whom it belongs to.
  package let origin: HTTPOrigin
  /// The path, percent-encoded, from its first slash.
  package let path: String

  /// - Throws: `CurlError.Kind.invalidRequest` if the text is no such address.
  package init(_ text: String) throws(CurlError) {
    try self.init(text, relativeTo: nil)
  }

  /// Resolves what a header field of this address's answer refers to (RFC 3986, section 5).
  /// - Throws: `CurlError.Kind.invalidRequest` if that is no address.
  package func resolving(_ reference: String) throws(CurlError) -> HTTPURL {
    try HTTPURL(reference, relativeTo: self)
  }

  /// An address below this one.
  ///
  /// - Parameters:
  ///   - segments: parts of a path, each percent-encoded as a whole: a slash in it stays within the part.
  ///   - query: names and values in their order.
  package func appending(_ segments: String..., query: KeyValuePairs<String, String> = [:]) throws(CurlError) -> HTTPURL {
    try appending(path: segments, query: query.map { ($0.key, $0.value) })
  }

  /// The same for parts in an array. An existing query is kept.
  package func appending(path segments: [String], query: [(String, String)] = []) throws(CurlError) -> HTTPURL {
    let parts = absolute.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var text = String(parts[0])
    for segment in segments {
      guard !segment.isEmpty, segment != ".", segment != ".." else {
        throw CurlError(
          .invalidRequest, operation: "make an address", subject: description, cause: "a part of the path is empty or dots")
      }
      if !text.hasSuffix("/") { text += "/" }
      text += Self.encoded(segment)
    }
    var pairs = parts.count > 1 ? [String(parts[1])] : []
    pairs += query.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }
    return try HTTPURL(pairs.isEmpty ? text : text + "?" + pairs.joined(separator: "&"))
  }

  /// All but the unreserved characters of RFC 3986 as `%XX`.
  private static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  private init(_ text: String, relativeTo base: HTTPURL?) throws(CurlError) {
    guard let handle = unsafe curl_url() else {
      throw CurlError(.outOfMemory, operation: "parse an address", subject: "an address", cause: "libcurl has no memory")
    }
    defer { unsafe curl_url_cleanup(handle) }
    if let base { _ = unsafe curl_url_set(handle, CURLUPART_URL, base.absolute, 0) }
    // A redirect may hold spaces and bytes beyond ASCII, as browsers bear them.
    let code =
      text.utf8.contains(0) ? CURLUE_MALFORMED_INPUT : unsafe curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_URLENCODE))
    func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard unsafe curl_url_get(handle, part, &value, UInt32(flags)) == CURLUE_OK, let value = unsafe value else { return nil }
      defer { unsafe curl_free(value) }
      return unsafe String(cString: value)
    }
    func refuse(_ cause: String) -> CurlError {
      // The text is not repeated: what can't be parsed can't be freed of secrets.
      CurlError(
        .invalidRequest, operation: "parse an address", subject: base.map { "an address from \($0)" } ?? "an address", cause: cause)
    }
    guard code == CURLUE_OK else { throw refuse(unsafe String(cString: curl_url_strerror(code)).lowercased()) }
    guard let scheme = part(CURLUPART_SCHEME), scheme == "http" || scheme == "https" else {
      throw refuse("only http and https are spoken")
    }
    guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
      throw refuse("it holds a user or a password; send them as a header")
    }
    _ = unsafe curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    guard let host = part(CURLUPART_HOST), let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) }),
      let path = part(CURLUPART_PATH), let absolute = part(CURLUPART_URL)
    else { throw refuse("it has no host") }
    self.absolute = absolute
    self.origin = HTTPOrigin(scheme: scheme, host: host.lowercased(), port: port)
    self.path = path
  }
}

/// Only what may be shown to anybody: not the query.
extension HTTPURL: CustomStringConvertible, CustomReflectable {
  package var description: String {
    let isDefault = origin.port == (origin.scheme == "https" ? 443 : 80)
    return "\(origin.scheme)://\(origin.host)\(isDefault ? "" : ":\(origin.port)")\(path)"
  }
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
