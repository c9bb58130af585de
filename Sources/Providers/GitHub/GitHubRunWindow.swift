/// A page of the runs that were created in a range of time.
///
/// GitHub gives at most 1,000 results of a listing with a filter, however many there are, and doesn't say that it left any
/// out but by their total. So a range that holds more is halved until it doesn't, the newest part first.
struct GitHubRunWindow: Sendable, Equatable {
  static let pageSize = 100
  static let mostListed = 1_000

  /// The first second, since 1970-01-01 00:00 UTC.
  var first: Int
  /// The last second.
  var last: Int
  /// From 1.
  var page = 1

  init(first: Int, last: Int) {
    self.first = min(first, last)
    self.last = last
  }

  /// Reads what `cursor` wrote.
  init?(cursor: String) {
    let parts = cursor.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let first = parts[0], let last = parts[1], let page = parts[2], 0 <= first, first <= last,
      last < 1 << 40, (1...Self.mostListed / Self.pageSize).contains(page)
    else { return nil }
    self.init(first: first, last: last)
    self.page = page
  }

  var cursor: String { "\(first).\(last).\(page)" }

  /// As GitHub's `created` parameter wants it; both ends belong to it.
  var created: String { "\(Moment.format(Double(first)))..\(Moment.format(Double(last)))" }

  /// The newer half, from its first page. Nil for a single second, the finest that GitHub tells apart: what a second holds
  /// beyond 1,000 runs can't be listed.
  var newerHalf: GitHubRunWindow? {
    first < last ? GitHubRunWindow(first: first + (last - first + 1) / 2, last: last) : nil
  }

  /// What comes behind this page.
  ///
  /// - Parameters:
  ///   - total: how many runs the range holds.
  ///   - isEmpty: whether this page held none.
  ///   - floor: the first second that is wanted.
  func next(total: Int, isEmpty: Bool, floor: Int) -> GitHubRunWindow? {
    if !isEmpty, page * Self.pageSize < min(total, Self.mostListed) {
      var next = self
      next.page += 1
      return next
    }
    guard first > floor else { return nil }
    // The range before may be as empty as this one was full; a wider one is halved again if need be.
    return GitHubRunWindow(first: max(floor, first - 2 * (last - first + 1)), last: first - 1)
  }
}
