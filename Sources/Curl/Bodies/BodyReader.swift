import Compression

/// From the bytes of a body to what they stand for: decodes them and counts what comes out.
// `@unchecked`: used by one thread at a time, the loop's or that of a sink, which take it over by a queue.
final class BodyReader: @unchecked Sendable {
  /// What is wrong with a body that came whole, as far as HTTP can tell.
  enum Problem: Error {
    /// It is larger than allowed.
    case tooLarge
    /// Its compressed data ends too early.
    case cut
    /// It can't be decoded, and why.
    case broken(String)

    var isTooLarge: Bool { if case .tooLarge = self { true } else { false } }
  }

  private let decoder: PieceDecoder?
  private let most: Int
  private var isEmpty = true
  /// Decoded bytes so far.
  private(set) var count = 0

  /// - Parameter most: bytes that may come out.
  /// - Throws: `Problem.broken`.
  init(_ headers: HTTPHeaders, atMost most: Int) throws(Problem) {
    self.most = most
    guard let coding = ContentCoding(headers) else { throw .broken("it is encoded in a way that wasn't asked for") }
    do throws(CompressionError) {
      decoder =
        switch coding {
        case .identity: nil
        case .gzip: try PieceDecoder(.gzip)
        case .zstd: try PieceDecoder(.zstd)
        }
    } catch {
      throw .broken("\(error)")
    }
  }

  /// Takes the next bytes, as they came.
  ///
  /// - Throws: `Problem`; what `take` threw.
  func read(_ piece: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    if unsafe !piece.isEmpty { isEmpty = false }
    guard let decoder else { return unsafe try pass(piece, take) }
    do {
      try unsafe decoder.decode(piece) { unsafe try pass($0, take) }
    } catch let error as CompressionError {
      throw Problem.broken("\(error)")
    }
  }

  private func pass(_ decoded: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard count + decoded.count <= most else { throw Problem.tooLarge }
    count += decoded.count
    unsafe try take(decoded)
  }

  /// Behind the last bytes of an answer that came whole.
  func finish() throws(Problem) {
    // Some servers say how nothing is packed.
    guard let decoder, !isEmpty else { return }
    do { try decoder.finish() } catch { throw .cut }
  }
}
