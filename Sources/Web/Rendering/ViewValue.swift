import Foundation
import Mustache

/// What templates read instead of the views: each looked into once, where the library's own way is to reflect upon every view around at
/// each mention of a name.
///
/// A member that is nil is there and empty: its name isn't looked for in the views around, as it would be otherwise.
final class ViewValue: MustacheParent {
  private let members: [String: Any]

  private init(_ mirror: Mirror) {
    members = Dictionary(mirror.children.compactMap { child in child.label.map { ($0, Self.of(child.value)) } }) { first, _ in first
    }
  }

  func child(named name: String) -> Any? { members[name] }

  /// Of views their members, whatever they hold; all else as it is.
  static func of(_ value: Any) -> Any {
    if value is String || value is Bool || value is Int || value is any MustacheCustomRenderable { return value }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { of($0.value) } ?? NSNull()
    case .collection: return mirror.children.map { of($0.value) }
    // What has words of its own is told by them.
    case .struct where !(value is any CustomStringConvertible): return ViewValue(mirror)
    default: return value
    }
  }
}
