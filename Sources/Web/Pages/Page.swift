import Hummingbird
import Model

/// A page: one value, shown to people as HTML at `path` and to programs as JSON at `/api/v1` + `path`.
///
/// So whatever a page shows, a program can have, under the same parameters; and a value that only one of them needs doesn't exist.
struct Page<Value: APIValue>: Sendable {
  /// Without the leading slash, in the router's syntax: `builds/:id`, `patterns/**`.
  let path: String
  /// For the API's description: one line, and whatever else there is to know.
  let summary: String
  var about: String = ""
  let parameters: [Parameter]
  var role: Role = .reader
  /// Whether it is made from the tally: then it says if that is behind.
  var isCounted = false
  /// Whether those who ask for the same within a moment (`Backend.freshness`) are given the same value. For what is dear, and changed by
  /// no action: who did something must see it at once. The value may depend on the parameters and the viewer's role, and on no more of
  /// who asks.
  var isShared = false
  /// - Throws: `WebError`, and whatever the layers below throw.
  let load: @Sendable (PageInput) async throws -> Value
  /// What the template shows of the value. Views are structs: their properties are the template's names.
  let view: @Sendable (Value, PageInput) async throws -> View

  struct View: Sendable {
    let template: String
    let title: String
    let content: any Sendable

    init(_ template: String, title: String, _ content: any Sendable) {
      self.template = template
      self.title = title
      self.content = content
    }
  }
}

/// A value of the API, with the description that programs read.
protocol APIValue: Encodable, Sendable {
  static var schema: Schema { get }
}

/// A page of a list. `next` is there while there is more.
struct Listing<Item: APIValue>: APIValue {
  let items: [Item]
  let next: String?

  static var schema: Schema {
    .object("\(Item.self)List", ["items": .array(Item.schema), "next": .optional(.string)])
  }
}
