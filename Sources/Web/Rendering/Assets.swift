import Crypto
import Foundation
import Hummingbird

/// Stylesheet, scripts and pictures: files of one folder, read once and kept, as they are few and small.
struct Assets: Sendable {
  private let files: [String: File]

  private struct File: Sendable {
    let body: ByteBuffer
    let type: String
    let tag: String
  }

  private static let types = ["css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"]
  private static let largest = 4 << 20

  /// - Parameter extra: files from elsewhere, by the name under which they are served; those that aren't there are left out.
  /// - Throws: `TemplateError` if the folder can't be read.
  init(folder: String, extra: [String: String] = [:]) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw TemplateError(file: folder, cause: "can't be read")
    }
    var files: [String: File] = [:]
    let paths = extra.merging(names.map { ($0, folder + "/" + $0) }) { _, ours in ours }
    for (name, path) in paths {
      guard let type = Self.types[(name as NSString).pathExtension], let data = FileManager.default.contents(atPath: path),
        data.count <= Self.largest
      else { continue }
      let tag = SHA256.hash(data: data).prefix(8).map { String(format: "%02x", $0) }.joined()
      files[name] = File(body: ByteBuffer(bytes: data), type: type, tag: tag)
    }
    self.files = files
  }

  /// The address of a file, which changes with its content, so that browsers may keep it.
  func link(_ name: String) -> String { "/static/\(name)?v=\(files[name]?.tag ?? "0")" }

  func add(to router: Router<WebContext>) {
    router.get("static/:name") { request, context in
      guard let file = files[try context.parameters.require("name")] else { throw WebError(.notFound, "there is no such file") }
      var headers: HTTPFields = [.contentType: file.type, .eTag: "\"\(file.tag)\""]
      headers[.cacheControl] =
        request.uri.queryParameters["v"].map(String.init) == file.tag ? "public, max-age=31536000, immutable" : "no-cache"
      if JSONBody.isKnown(headers[.eTag] ?? "", to: request) { return Response(status: .notModified, headers: headers) }
      return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.body))
    }
  }
}
