import CPostgres

/// Owns a result of libpq.
///
/// Unchecked since libpq promises that a `PGresult` is read-only once it is made, and can be passed and read freely
/// between threads ("Behavior in Threaded Programs"); it is freed once, when nobody refers to it any more.
@safe final class ResultHandle: @unchecked Sendable {
  let raw: CPGResult

  /// Takes over the result.
  init(_ raw: CPGResult) {
    unsafe self.raw = unsafe raw
  }

  deinit {
    unsafe raw.clear()
  }

  var status: ExecStatusType { unsafe raw.status }
  var rowCount: Int { unsafe Int(raw.rowCount) }
  var commandTag: String { unsafe raw.commandTag.map { unsafe String(cString: $0) } ?? "" }

  /// The number of rows that were inserted, changed, deleted, copied or selected; 0 for other statements.
  var affectedRows: Int { unsafe raw.affectedRows.flatMap { unsafe Int(String(cString: $0)) } ?? 0 }

  /// A field of an error or a notice. The codes, `PG_DIAG_…`, are characters.
  func field(_ code: Character) -> String? {
    guard let code = code.asciiValue, let text = unsafe raw.field(Int32(code)) else { return nil }
    return unsafe String(cString: text)
  }
}
