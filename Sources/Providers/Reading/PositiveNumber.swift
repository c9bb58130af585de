/// Reads a number from 1 to the largest that the database takes, in digits alone.
enum PositiveNumber {
  static func read(_ text: some StringProtocol) -> Int? {
    guard let number = Int(text), number >= 1, number <= Int(Int32.max), String(number) == text else { return nil }
    return number
  }
}
