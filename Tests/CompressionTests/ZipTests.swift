import ArchiveFixtures
import Compression
import Testing

@Suite struct ZipTests {
  let log = Fixture.log(bytes: 300_000)
  let short = Array("short\n".utf8)

  func deflated(_ name: String, _ text: [UInt8]? = nil) throws -> ZipBuilder.Entry {
    try .init(name, deflated: Tool.deflate(text ?? log), of: text ?? log)
  }

  @Test(arguments: Delivery.Way.allCases)
  func readsMembersInOrder(way: Delivery.Way) throws {
    let zip = try ZipBuilder.archive([
      .init("b/", []), deflated("b/1.txt"), .init("a.txt", short), .init("empty", []),
      deflated("sizes follow").with { $0.flags = 8 }, .init("zip64", short).with { $0.isZip64 = true },
    ])
    let delivery = try Delivery(zip, by: way)
    #expect(delivery.error == nil)
    #expect(
      delivery.texts == [
        .init(name: "b/1.txt", bytes: log), .init(name: "a.txt", bytes: short), .init(name: "empty"),
        .init(name: "sizes follow", bytes: log), .init(name: "zip64", bytes: short),
      ])
  }

  @Test(arguments: Delivery.Way.allCases)
  func readsWhatPythonWrites(way: Delivery.Way) throws {
    let zip = try Tool.run(
      "python3", "-c",
      """
      import sys, zipfile
      with zipfile.ZipFile(sys.stdout.buffer, 'w', zipfile.ZIP_DEFLATED) as z:
          z.writestr('grüße/1.txt', 'x' * 100000)
          with z.open('large', 'w', force_zip64=True) as f: f.write(b'y' * 5000)
      """)
    let delivery = try Delivery(zip, by: way)
    #expect(delivery.error == nil)
    #expect(delivery.texts.map(\.name) == ["grüße/1.txt", "large"])
    #expect(delivery.texts.map(\.bytes.count) == [100_000, 5000])
    #expect(delivery.texts.allSatisfy { $0.error == nil })
  }

  @Test(arguments: Delivery.Way.allCases)
  func anEmptyZipHasNoMembers(way: Delivery.Way) throws {
    let delivery = try Delivery(ZipBuilder.archive([]), by: way)
    #expect(delivery.texts.isEmpty)
    #expect(delivery.error == nil)
  }

  @Test(arguments: Delivery.Way.allCases)
  func deliversWhatIsBeforeACut(way: Delivery.Way) throws {
    let zip = try ZipBuilder.archive([deflated("1"), deflated("2").with { $0.flags = 8 }, .init("3", log)])
    let dataEnd = zip.count - 3 * 47 - 22
    for tenth in 1..<10 {
      let cut = dataEnd * tenth / 10
      let delivery = try Delivery(Array(zip[..<cut]), by: way)
      let errors = delivery.texts.compactMap(\.error) + (delivery.error.map { [$0] } ?? [])
      #expect(errors == [.truncated], "\(tenth)/10")
      for text in delivery.texts {
        #expect(text.error != nil ? log.starts(with: text.bytes) : text.bytes == log)
      }
      #expect(tenth == 1 || delivery.texts.first?.bytes.isEmpty == false)
    }
  }

  @Test(arguments: Delivery.Way.allCases)
  func aCutBehindTheDataIsNoticed(way: Delivery.Way) throws {
    let zip = ZipBuilder.archive([.init("1", log), .init("2", short)])
    for missing in 1...115 {
      let delivery = try Delivery(Array(zip.dropLast(missing)), by: way)
      #expect(delivery.texts == [.init(name: "1", bytes: log), .init(name: "2", bytes: short)])
      #expect(delivery.error == .truncated)
    }
  }

  @Test(arguments: Delivery.Way.allCases)
  func aMemberWhoseHeaderIsDamagedIsNotMissedSilently(way: Delivery.Way) throws {
    let first = ZipBuilder.archive([.init("1", short)]).count - 22 - 47
    var zip = ZipBuilder.archive([.init("1", short), .init("2", short), .init("3", short)])
    zip[first] = 0
    #expect(try Delivery(zip, by: way).error != nil)
    // The same in the table of contents.
    zip[first] = 0x50
    zip[3 * first + 47] = 0
    let delivery = try Delivery(zip, by: way)
    #expect(way == .pipe ? delivery.texts.count == 3 : delivery.error != nil)
  }

  @Test func theTableMayBeFollowedByAComment() throws {
    var zip = ZipBuilder.archive([.init("1", short)])
    zip[zip.count - 1] = 0xFF
    zip[zip.count - 2] = 0xFF
    zip += [UInt8](repeating: 0x20, count: 65_535)
    for way in Delivery.Way.allCases {
      let delivery = try Delivery(zip, by: way)
      #expect(delivery.texts == [.init(name: "1", bytes: short)])
      #expect(delivery.error == nil)
    }
  }

  @Test(arguments: Delivery.Way.allCases)
  func anEncryptedMemberDoesNotStopTheOthers(way: Delivery.Way) throws {
    let zip = ZipBuilder.archive([.init("secret", log).with { $0.flags = 1 }, .init("open", short)])
    let delivery = try Delivery(zip, by: way)
    #expect(delivery.texts == [.init(name: "secret", error: .encrypted), .init(name: "open", bytes: short)])
  }

  @Test(arguments: Delivery.Way.allCases)
  func anUnknownMethodDoesNotStopTheOthers(way: Delivery.Way) throws {
    let zip = ZipBuilder.archive([.init("odd", log).with { $0.method = 18 }, .init("plain", short)])
    let delivery = try Delivery(zip, by: way)
    #expect(delivery.texts.map(\.name) == ["odd", "plain"])
    guard case .unsupportedMethod? = delivery.texts.first?.error else {
      Issue.record("\(delivery)")
      return
    }
    #expect(delivery.texts.last == .init(name: "plain", bytes: short))
  }

  @Test(arguments: Delivery.Way.allCases)
  func aWrongSumIsAnErrorBehindTheText(way: Delivery.Way) throws {
    let zip = try ZipBuilder.archive([
      deflated("1").with { $0.crc ^= 1 }, .init("2", short).with { $0.crc ^= 1 }, .init("3", short),
    ])
    let delivery = try Delivery(zip, by: way)
    #expect(delivery.texts.map(\.bytes) == [log, short, short])
    for text in delivery.texts.prefix(2) {
      guard case .corrupt(let words)? = text.error else {
        Issue.record("\(delivery.texts.map(\.error))")
        continue
      }
      #expect(words.contains("CRC"))
    }
    #expect(delivery.texts.last?.error == nil)
  }

  @Test func aBrokenMemberDoesNotStopTheOthersInAFile() throws {
    let broken = try deflated("broken").with { $0.stored[20_000] ^= 0xFF }
    let zip = try ZipBuilder.archive([.init("1", short), broken, deflated("2"), broken, .init("3", short)])
    for way in [Delivery.Way.memory, .file] {
      let delivery = try Delivery(zip, by: way)
      #expect(delivery.error == nil)
      #expect(delivery.texts.map(\.name) == ["1", "broken", "2", "broken", "3"])
      #expect(delivery.texts.map { $0.error == nil } == [true, false, true, false, true])
      #expect(delivery.texts[2].bytes == log)
    }
  }

  @Test func behindABrokenMemberInAPipeTheRestIsReportedOnce() throws {
    let data = Array(repeating: 0xFF as UInt8, count: 1000)
    let broken = ZipBuilder.Entry("broken", deflated: data, of: log).with { $0.flags = 8 }
    let delivery = try Delivery(ZipBuilder.archive([broken, .init("2", short)]), by: .pipe)
    #expect(delivery.texts.count == 1)
    #expect(delivery.texts.first?.error != nil)
    #expect(delivery.error == .restUnreadable)
  }

  @Test(arguments: [
    ("../../etc/passwd", "../../etc/passwd"), ("/abs", "/abs"), ("a\u{1B}[31m\n", "a\\u{1b}[31m\\u{a}"),
    ("x\u{202E}txt.exe", "x\\u{202e}txt.exe"), ("", "(member 1)"),
  ])
  func namesAreOnlyForDisplay(name: String, shown: String) throws {
    #expect(try Delivery(ZipBuilder.archive([.init(name, short)])).texts == [.init(name: shown, bytes: short)])
  }

  @Test(arguments: [0 as UInt16, 1 << 11])
  func namesMayBeInvalidOrEndless(flags: UInt16) throws {
    let invalid = ZipBuilder.Entry("", short).with {
      $0.name = [0x61, 0xFF, 0xC3, 0x62]; $0.flags = flags
    }
    let endless = ZipBuilder.Entry(String(repeating: "ä", count: 32_767), short).with { $0.flags = flags }
    let delivery = try Delivery(ZipBuilder.archive([invalid, endless]))
    #expect(delivery.texts.map(\.bytes) == [short, short])
    // libarchive gives no name at all if it claims to be UTF-8 and isn't.
    #expect(delivery.texts.first?.name == (flags == 0 ? "a\u{FFFD}\u{FFFD}b" : "(member 1)"))
    #expect(delivery.texts.last?.name == String(repeating: "ä", count: 126) + "…")
  }

  @Test func entriesThatOverlapCountAgainstTheTotal() throws {
    // Each entry of the table claims the same data; the trick behind bombs of 46 MB that stand for 4.5 PB.
    let text = [UInt8](repeating: 0, count: 1_000_000)
    var builder = ZipBuilder()
    builder.add(try deflated("0", text))
    for number in 1..<50 {
      builder.add(
        .init("\(number)", []).with {
          $0.claimedOffset = 0; $0.size = 1_000_000; $0.method = 8
        })
    }
    let delivery = try Delivery(builder.finish(), limits: CompressionLimits(totalBytes: 3_000_000))
    #expect(delivery.texts.reduce(0) { $0 + $1.bytes.count } <= 3_000_000)
    #expect(delivery.texts.first?.bytes.count == 1_000_000)
  }

  @Test(arguments: Delivery.Way.allCases)
  func limitsHoldForEachMemberAndForAll(way: Delivery.Way) throws {
    let zip = try ZipBuilder.archive([deflated("1"), deflated("2").with { $0.flags = 8 }, deflated("3")])
    let byMember = try Delivery(zip, by: way, limits: CompressionLimits(memberBytes: 1000))
    #expect(byMember.texts.map(\.bytes) == Array(repeating: Array(log[..<1000]), count: 3))
    #expect(byMember.texts.map(\.error) == Array(repeating: .tooLarge(.memberBytes), count: 3))
    let inAll = try Delivery(zip, by: way, limits: CompressionLimits(totalBytes: log.count + 5000))
    #expect(inAll.texts.map(\.bytes) == [log, Array(log[..<5000])])
    #expect(inAll.texts.last?.error == .tooLarge(.totalBytes))
    #expect(inAll.error == .tooLarge(.totalBytes))
    let members = try Delivery(zip, by: way, limits: CompressionLimits(members: 2))
    #expect(members.texts.count == 2)
    #expect(members.error == .tooLarge(.members))
  }

  @Test func skippingInAPipeCountsAgainstTheTotal() throws {
    let limits = CompressionLimits(memberBytes: 10, totalBytes: 100_000)
    let bomb = try deflated("bomb", [UInt8](repeating: 0, count: 5_000_000)).with { $0.flags = 8 }
    let delivery = try Delivery(ZipBuilder.archive([bomb, .init("2", short)]), by: .pipe, limits: limits)
    #expect(delivery.texts.count == 1)
    #expect(delivery.error == .tooLarge(.totalBytes))
  }

  @Test func aTableOfContentsThatIsTooLargeIsRefused() throws {
    let entry = ZipBuilder.Entry(String(repeating: "n", count: 60_000), [])
    let zip = ZipBuilder.archive(Array(repeating: entry, count: 40))
    #expect(try Delivery(zip, limits: CompressionLimits(members: 100)).error == .tooLarge(.members))
    #expect(try Delivery(zip).error == nil)
  }

  @Test func membersMayBeSkipped() throws {
    for flags in [0, 8] as [UInt16] {
      let zip = try ZipBuilder.archive([deflated("1").with { $0.flags = flags }, .init("2", short)])
      let reader = try CompressedReader(ByteInput(memory: zip))
      #expect(try reader.nextMember()?.name == "1")
      #expect(reader.peek(4) == Array(log[..<4]))
      #expect(try reader.nextMember() == Member(name: "2", declaredBytes: short.count))
      #expect(reader.peek(100) == short)
      #expect(try reader.nextMember() == nil)
      #expect(try reader.nextMember() == nil)
    }
  }
}
