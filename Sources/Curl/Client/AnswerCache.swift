import Foundation

/// Answers with an `ETag`, so that asking again costs no more than "not modified": GitHub doesn't count those.
struct AnswerCache: Sendable {
  struct Key: Hashable, Sendable {
    let url: String
    /// The answer may be for one user only.
    let credential: [String]
  }

  /// Bytes of all bodies; the answers that were not asked for longest go first.
  private static let mostBytes = 8 << 20
  private static let mostAnswers = 512
  private static let largestBody = 256 << 10

  private var answers: [Key: (response: HTTPResponse, lastUse: Int)] = [:]
  private var bytes = 0
  private var uses = 0

  mutating func answer(for key: Key) -> HTTPResponse? {
    guard let found = answers[key] else { return nil }
    uses += 1
    answers[key]?.lastUse = uses
    return found.response
  }

  mutating func keep(_ response: HTTPResponse, for key: Key) {
    remove(key)
    guard response.status == 200, response.etag != nil, response.body.count <= Self.largestBody else { return }
    uses += 1
    answers[key] = (response, uses)
    bytes += response.body.count
    while bytes > Self.mostBytes || answers.count > Self.mostAnswers,
      let oldest = answers.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      remove(oldest.key)
    }
  }

  private mutating func remove(_ key: Key) {
    if let old = answers.removeValue(forKey: key) { bytes -= old.response.body.count }
  }
}
