/// Memory that `LiteralFilter` fills once, while it is made, and frees when it goes; in between any number of threads read it.
///
/// A trivial value on purpose: copying it in the scanner's inner loops must not count references.
struct FixedTable<Element: BitwiseCopyable>: @unchecked Sendable {
  // `@unchecked Sendable`: nobody writes to it once it is filled.
  let base: UnsafeMutablePointer<Element>

  init(repeating element: Element, count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: element, count: count)
  }

  init(_ elements: [Element]) {
    base = .allocate(capacity: elements.count)
    for (index, element) in elements.enumerated() { (base + index).initialize(to: element) }
  }

  func deallocate() { base.deallocate() }
}
