import ArchiveFixtures
import Compression
import Testing

/// Gzip and zstd: one text each.
@Suite struct StreamTests {
  let log = Fixture.log(bytes: 600_000)

  @Test(arguments: Delivery.Way.allCases, [1_000_000, 4096, 7])
  func readsWhatTheToolsWrite(way: Delivery.Way, blockBytes: Int) throws {
    let log = Array(log.prefix(blockBytes * 20_000))
    for compressed in try [Tool.gzip(log), Tool.zstd(log)] {
      let delivery = try Delivery(compressed, by: way, blockBytes: blockBytes)
      #expect(delivery.texts == [.init(bytes: log)])
      #expect(delivery.error == nil)
    }
  }

  @Test func readsEmptyTexts() throws {
    for compressed in try [Tool.gzip([]), Tool.zstd([])] {
      #expect(try Delivery(compressed).texts == [.init()])
    }
  }

  @Test func joinsConcatenatedMembersAndFrames() throws {
    let (a, b) = (Array(log[..<1000]), Array(log[1000..<200_000]))
    #expect(try Delivery(Tool.gzip(a) + Tool.gzip([]) + Tool.gzip(b)).texts == [.init(bytes: a + b)])
    #expect(try Delivery(Tool.zstd(a) + Tool.zstd([]) + Tool.zstd(b)).texts == [.init(bytes: a + b)])
  }

  @Test func skipsSkippableFrames() throws {
    let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    #expect(try Delivery(skippable + Tool.zstd(log) + skippable).texts == [.init(bytes: log)])
  }

  @Test func deliversWhatIsBeforeACut() throws {
    for (compressed, blockOfFormat) in try [(Tool.gzip(log), 0), (Tool.zstd(log), 128 * 1024)] {
      for tenth in 1..<10 {
        let cut = compressed.count * tenth / 10
        let text = try #require(try Delivery(Array(compressed[..<cut])).texts.first)
        #expect(text.error == .truncated)
        #expect(log.starts(with: text.bytes))
        // Gzip can be decoded up to the cut; zstd up to the block that is cut.
        #expect(text.bytes.count > log.count * (tenth - 1) / 10 - blockOfFormat)
      }
    }
  }

  @Test func noticesACutWithinTheTrailer() throws {
    for compressed in try [Tool.gzip(log), Tool.zstd(log)] {
      for missing in 1...4 {
        #expect(try Delivery(Array(compressed.dropLast(missing))).texts == [.init(bytes: log, error: .truncated)])
      }
    }
  }

  @Test func deliversAsMuchOfACutGzipAsGzipItself() throws {
    let cut = try Array(Tool.gzip(log).prefix(50_000))
    let scratch = try Scratch()
    let expected = try Tool.run("sh", "-c", "gzip -dc <\"$0\" 2>/dev/null || true", scratch.write(cut, to: "cut.gz"))
    #expect(try Delivery(cut).texts.first?.bytes == expected)
  }

  @Test func checksGzipsSumAndLength() throws {
    let compressed = try Tool.gzip(log)
    for fromEnd in [1, 8] {
      var damaged = compressed
      damaged[damaged.count - fromEnd] ^= 1
      let text = try #require(try Delivery(damaged).texts.first)
      #expect(text.bytes == log)
      #expect(text.error == .corrupt(fromEnd == 8 ? "incorrect data check" : "incorrect length check"))
    }
  }

  @Test func checksZstdsSum() throws {
    var damaged = try Tool.zstd(log)
    damaged[damaged.count - 1] ^= 1
    #expect(try Delivery(damaged).texts.first?.error == .corrupt("Restored data doesn't match checksum"))
  }

  @Test func acceptsZerosBehindGzipAndNothingElse() throws {
    let compressed = try Tool.gzip(log)
    let zeros = [UInt8](repeating: 0, count: 70_000)
    #expect(try Delivery(compressed + zeros).texts == [.init(bytes: log)])
    #expect(try Delivery(compressed + zeros + [1]).texts.first?.error == .corrupt("something follows the zeros at the end"))
    #expect(try Delivery(compressed + Array("text".utf8)).texts == [.init(bytes: log, error: .corrupt("incorrect header check"))])
    #expect(try Delivery(compressed + [0x1F]).texts == [.init(bytes: log, error: .truncated)])
  }

  @Test func refusesAWindowThatIsTooLarge() throws {
    // RFC 8878, 3.1.1.1.2: exponent in the upper five bits, counted from 1 KiB. One empty block.
    let frame = { (exponent: UInt8) -> [UInt8] in [0x28, 0xB5, 0x2F, 0xFD, 0, exponent << 3, 1, 0, 0] }
    #expect(try Delivery(frame(17)).texts == [.init()])
    #expect(try Delivery(frame(18)).texts == [.init(error: .windowTooLarge)])
  }

  @Test func deliversAllThatALimitAllowsOfABomb() throws {
    let bomb = try Tool.run("sh", "-c", "head -c 200000000 /dev/zero | gzip -1nc")
    let limits = CompressionLimits(memberBytes: 1 << 20)
    let text = try #require(try Delivery(bomb, limits: limits).texts.first)
    #expect(text.bytes == [UInt8](repeating: 0, count: 1 << 20))
    #expect(text.error == .tooLarge(.memberBytes))
  }

  @Test func aLimitThatIsJustReachedIsNoError() throws {
    for compressed in try [Tool.gzip(log), Tool.zstd(log)] {
      #expect(try Delivery(compressed, limits: CompressionLimits(memberBytes: log.count)).texts == [.init(bytes: log)])
    }
  }

  @Test func anythingElseIsOfAnUnknownFormat() throws {
    for bytes in [
      [], [0x1F], [0x28, 0xB5, 0x2F], Array("PK".utf8), Array("plain text\n".utf8), [0xFD] + Fixture.noise(bytes: 999),
    ] {
      #expect(try Delivery(bytes).error == .unknownFormat)
    }
  }

  /// No damage may crash, hang, or deliver more than is allowed.
  @Test(.timeLimit(.minutes(20))) func survivesDamageAnywhere() throws {
    let small = Array(log[..<3000])
    let zip = try ZipBuilder.archive([
      .init("a", deflated: Tool.deflate(small), of: small), .init("b", small).with { $0.flags = 8 }, .init("c", small),
    ])
    let limits = CompressionLimits(members: 10, memberBytes: 10_000, totalBytes: 20_000)
    for whole in try [Tool.gzip(small), Tool.zstd(small), zip] {
      for position in 0..<whole.count where position % 3 == 0 || position > whole.count - 200 || position < 60 {
        var damaged = whole
        damaged[position] = ~damaged[position]
        let delivery = try Delivery(damaged, limits: limits)
        #expect(delivery.texts.allSatisfy { $0.bytes.count <= 10_000 })
      }
      for seed in 1...20 as ClosedRange<UInt64> {
        _ = try Delivery(Array(whole.prefix(8)) + Fixture.noise(bytes: 5000, seed: seed), by: .pipe, limits: limits)
      }
    }
  }
}
