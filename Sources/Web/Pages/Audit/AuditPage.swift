import Foundation
import Model
import Store

/// Who changed what.
enum AuditPage {
  static let usual: Sorting<Store.AuditKey> = .descending(.at)

  static let page = Page<Listing<AuditItem>>(
    path: "audit", summary: "Who changed what, the newest first unless sorted otherwise.",
    parameters: [
      .query("who", .text(most: 200), "Only changes by this person or token."), .sort(usual: usual), .limit, .cursor,
    ],
    role: .operator,
    load: { input in
      let entries = try await input.backend.store.auditTrail(
        who: input.text("who"), sortedBy: input.sorting(usual: usual), after: try input.cursor.map { try $0.number() },
        most: input.limit + 1)
      return Listing(
        items: entries.prefix(input.limit).map {
          AuditItem(id: $0.id, at: $0.at, who: $0.who, action: $0.action, detail: AuditItem.fields($0.detail))
        },
        next: entries.count > input.limit ? input.next(after: [String(entries[input.limit - 1].id)]) : nil)
    },
    view: { list, input in
      Page.View(
        "audit", title: "Audit trail",
        AuditView(
          who: input.text("who") ?? "",
          columns: [
            ColumnView("When", .descending(.at), input.sorting(usual: usual), input), ColumnView("Who"), ColumnView("What"),
            ColumnView("Of what"),
          ],
          rows: list.items.map { item in
            .init(
              time: Figures.time(item.at), who: item.who, whoLink: input.link(["who": item.who]), action: item.action,
              detail: item.detail.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) })
          }, next: list.next.map { input.page($0) }))
    })
}

struct AuditItem: APIValue {
  let id: Int64
  let at: Double
  let who: String
  let action: String
  let detail: [String: String]

  static let schema = Schema.object(
    "Audit", ["id": .integer, "at": .time, "who": .string, "action": .string, "detail": .map(.string)])

  /// What was stored is an object of texts.
  static func fields(_ json: String) -> [String: String] {
    (try? JSONDecoder().decode([String: String].self, from: Data(json.utf8))) ?? [:]
  }
}

private struct AuditView: Sendable {
  let who: String
  let columns: [ColumnView]
  let rows: [Row]
  let next: String?

  struct Row: Sendable {
    let time: String
    let who: String
    let whoLink: String
    let action: String
    let detail: [Field]
  }

  struct Field: Sendable {
    let name: String
    let value: String
  }
}
