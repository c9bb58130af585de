import Store

/// The head of a table's column; the partial `columns`. Where the list can be sorted by it, it is a link.
struct ColumnView: Sendable {
  let label: String
  let classes: String?
  let link: String?
  /// For `aria-sort`: `ascending` or `descending`; nil where the list isn't sorted by it.
  let sort: String?

  /// A column that says nothing about order.
  init(_ label: String, classes: String? = nil) {
    self.init(label: label, classes: classes, link: nil, sort: nil)
  }

  private init(label: String, classes: String?, link: String?, sort: String?) {
    (self.label, self.classes, self.link, self.sort) = (label, classes, link, sort)
  }

  /// A column that the list can be sorted by.
  ///
  /// - Parameters:
  ///   - first: the order that its link gives; when the list stands in it, the other way round.
  ///   - sorting: that of the list now; nil if it stands in an order that no column has.
  ///   - input: what the page was asked for.
  init<Key>(_ label: String, _ first: Sorting<Key>, _ sorting: Sorting<Key>?, _ input: PageInput, classes: String? = nil) {
    let current = sorting?.key == first.key ? sorting : nil
    let next = current.map { Sorting(first.key, descending: !$0.isDescending) } ?? first
    self.init(
      label: label, classes: classes, link: input.link([Parameter.sortName: next.text]),
      sort: current.map { $0.isDescending ? "descending" : "ascending" })
  }
}

extension Parameter {
  static let sortName = "sort"

  /// What a list is sorted by: the name of a member of its items.
  ///
  /// - Parameters:
  ///   - list: what is sorted, where a page has several lists.
  ///   - usual: nil: an order of its own.
  static func sort<Key>(_ list: String = "the list", usual: Sorting<Key>?) -> Parameter {
    query(
      sortName, .choice(Sorting<Key>.texts),
      "What \(list) is sorted by, the least, earliest or first in the alphabet at the top; with `-` before it, the other way round.",
      usual: usual?.text)
  }
}

extension PageInput {
  /// How the list is to be sorted.
  ///
  /// - Parameter usual: that of the parameter.
  func sorting<Key>(usual: Sorting<Key>) -> Sorting<Key> { sorting() ?? usual }

  /// How the list is to be sorted; nil where that isn't said.
  func sorting<Key>() -> Sorting<Key>? { text(Parameter.sortName).flatMap { Sorting($0) } }
}

extension Sequence {
  /// In the order of values, those without one last; equal ones stay as they were.
  func sorted<Key, Value: Comparable>(by sorting: Sorting<Key>, _ value: (Element) -> Value?) -> [Element] {
    enumerated().map { (place: $0, value: value($1), element: $1) }.sorted { first, second in
      switch (first.value, second.value) {
      case (let one?, let other?) where one != other: sorting.isDescending ? one > other : one < other
      case (.some, nil): true
      case (nil, .some): false
      default: first.place < second.place
      }
    }.map(\.element)
  }
}
