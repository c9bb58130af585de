/// How a body is packed for its way (RFC 9110, section 8.4).
enum ContentCoding: Sendable {
  case identity, gzip, zstd

  /// What we ask for. libcurl asks for more, and takes a body for whole whose compressed data ends too early (7.88.1).
  static let accepted = "gzip, zstd"

  /// Nil if it is packed in a way, or in more ways, than was asked for.
  init?(_ headers: HTTPHeaders) {
    let names = headers.all("Content-Encoding").flatMap { $0.split(separator: ",") }
      .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
    switch (names.first, names.count) {
    case (nil, _): self = .identity
    case ("gzip", 1), ("x-gzip", 1): self = .gzip
    case ("zstd", 1): self = .zstd
    default: return nil
    }
  }
}
