/// Why something can't be brought over with its meaning kept.
package struct ImportRefusal: Error, Sendable, Equatable {
  package let reason: String

  init(_ reason: String) { self.reason = reason }
}
