extension PostgresError {
  /// What the server reported in a result.
  init(_ result: ResultHandle, operation: String) {
    // The codes of `PG_DIAG_SQLSTATE` and the other fields, from libpq's postgres_ext.h.
    let state = SQLState(rawValue: result.field("C") ?? "XX000")
    let message = result.field("M") ?? "the server gave no reason"
    self.init(
      .server(state), operation: operation,
      message: Self.withoutValues(message, state), hint: result.field("H"))
    severity = result.field("V")
    detail = result.field("D")
    constraint = result.field("n")
  }

  /// Errors about data (class 22) quote the value: `invalid input syntax for type json: "…"`.
  private static func withoutValues(_ message: String, _ state: SQLState) -> String {
    guard state.errorClass == "22", let start = message.firstIndex(of: "\""),
      let end = message.lastIndex(of: "\"")
    else { return message }
    return message[..<start] + "\"…\"" + message[end...].dropFirst()
  }
}
