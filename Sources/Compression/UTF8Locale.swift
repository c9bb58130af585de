import Glibc

/// The calling thread's locale, for libraries that convert names to it.
enum UTF8Locale {
  // newlocale(3): built into glibc since 2.35, needs no file; NULL elsewhere, and then names lose what isn't ASCII.
  // `nonisolated(unsafe)`: a locale object is never changed after it was made, and this one is never freed.
  nonisolated(unsafe) private static let locale: locale_t? = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

  /// Runs `body` with C.UTF-8 for this thread only (uselocale(3)).
  static func during<Result>(_ body: () -> Result) -> Result {
    guard let locale = unsafe locale else { return body() }
    let before = unsafe uselocale(locale)
    defer { _ = unsafe uselocale(before) }
    return body()
  }
}
