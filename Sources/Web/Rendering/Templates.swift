import Foundation
import Mustache

/// The pages' templates, read once from files.
struct Templates: Sendable {
  private let library: MustacheLibrary

  /// - Parameter folder: holds `*.mustache`, in folders of its own or not; a template's name is its path without the ending.
  /// - Throws: `TemplateError` that names the file.
  init(folder: String) throws {
    MustacheContentTypes.register(SafeHTML(), named: "SAFE")
    var library = MustacheLibrary()
    guard let names = FileManager.default.enumerator(atPath: folder) else {
      throw TemplateError(file: folder, cause: "can't be read")
    }
    for case let name as String in names where name.hasSuffix(".mustache") {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
        throw TemplateError(file: name, cause: "can't be read")
      }
      do {
        // Every template escapes in our way, without having to say so.
        try library.register("{{% CONTENT_TYPE:SAFE}}" + String(decoding: data, as: UTF8.self), named: String(name.dropLast(9)))
      } catch {
        throw TemplateError(file: name, cause: "\(error)")
      }
    }
    self.library = library
  }

  /// - Throws: `TemplateError` if there is no such template.
  func render(_ value: Any, _ name: String) throws -> String {
    guard let text = library.render(ViewValue.of(value), withTemplate: name) else {
      throw TemplateError(file: name + ".mustache", cause: "is not there")
    }
    return text
  }
}

struct TemplateError: Error, CustomStringConvertible {
  let file: String
  let cause: String
  var description: String { "template \(file): \(cause)" }
}
