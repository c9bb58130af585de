/// What a listener tells.
package enum NotificationEvent: Sendable, Equatable {
  /// From here on nothing is missed. Comes first, and again after each loss of the connection: look now at what the
  /// notifications are about, since some may have been sent to nobody.
  case listening
  /// A notification came.
  case notification(Notification)
}
