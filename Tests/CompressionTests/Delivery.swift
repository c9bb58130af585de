import ArchiveFixtures
import Compression
import Foundation

/// What a reader delivered, and the errors that it ended in.
struct Delivery: Equatable {
  struct Text: Equatable {
    var name: String?
    var bytes: [UInt8] = []
    var error: CompressionError?
  }

  var texts: [Text] = []
  /// What opening or `nextMember` threw.
  var error: CompressionError?

  /// Reads everything there is.
  init(_ input: ByteInput, limits: CompressionLimits = CompressionLimits(), blockBytes: Int = 10_000) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 16)
    defer { block.deallocate() }
    do throws(CompressionError) {
      let reader = try CompressedReader(input, limits: limits)
      while let member = try reader.nextMember() {
        var text = Text(name: member.name)
        do throws(CompressionError) {
          while case let count = try reader.read(into: block), count > 0 { text.bytes += block[..<count] }
        } catch {
          text.error = error
        }
        texts.append(text)
      }
    } catch {
      self.error = error
    }
  }

  /// The same from memory, a file or a pipe, which must make no difference unless a test says so.
  init(_ bytes: [UInt8], by way: Way = .memory, limits: CompressionLimits = CompressionLimits(), blockBytes: Int = 10_000) throws {
    switch way {
    case .memory:
      self.init(ByteInput(memory: bytes), limits: limits, blockBytes: blockBytes)
    case .file:
      let scratch = try Scratch()
      self.init(try ByteInput(path: scratch.write(bytes, to: "x")), limits: limits, blockBytes: blockBytes)
    case .pipe:
      let pipe = Pipe()
      Tool.feed(bytes, to: pipe.fileHandleForWriting)
      let input = ByteInput(descriptor: pipe.fileHandleForReading.fileDescriptor, isOwned: false)
      self.init(input, limits: limits, blockBytes: blockBytes)
    }
  }

  enum Way: CaseIterable { case memory, file, pipe }
}
