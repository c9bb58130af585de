import CPostgres

/// Hands libpq's notices to a handler; libpq would print them.
final class NoticeReceiver {
  private let handler: @Sendable (Notice) -> Void

  init(_ handler: @escaping @Sendable (Notice) -> Void) {
    self.handler = handler
  }

  /// Attaches to a connection, which must not outlive this object.
  func attach(to connection: CPGConnection) {
    // libpq calls the receiver only from within its calls for this connection, and doesn't keep the result.
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe connection.onNotice(
      { context, result in
        guard let context = unsafe context, let result = unsafe result else { return }
        let receiver = unsafe Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue()
        unsafe receiver.receive(CPGResult(pointer: result))
      }, context)
  }

  private func receive(_ result: CPGResult) {
    func field(_ code: Character) -> String? {
      unsafe code.asciiValue.flatMap { unsafe result.field(Int32($0)) }.map { unsafe String(cString: $0) }
    }
    handler(
      Notice(
        severity: field("V") ?? "NOTICE", message: field("M") ?? "",
        sqlState: SQLState(rawValue: field("C") ?? "00000")))
  }
}
