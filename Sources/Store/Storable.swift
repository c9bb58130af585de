/// Text that PostgreSQL takes: valid UTF-8 is given, NUL becomes U+2400, its symbol.
extension String {
  var storable: String {
    utf8.contains(0) ? String(unicodeScalars.map { $0 == "\0" ? "\u{2400}" : Character($0) }) : self
  }
}
