import Foundation

/// Strings as C wants a list of them: pointers, and a null at the end.
@safe struct CStringList: ~Copyable {
  private let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    unsafe pointers = strings.map { unsafe strdup($0) } + [nil]
  }

  deinit {
    for index in unsafe pointers.indices { unsafe free(pointers[index]) }
  }

  /// Lends the list, which the closure's caller keeps alive meanwhile.
  func withPointers<Result>(_ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    unsafe body(pointers)
  }
}
