import Foundation
import Testing

@testable import Postgres

@Suite struct SQLTests {
  @Test func interpolationsBecomeNumberedValues() {
    let (digest, size) = ("'; DROP TABLE log; --", 7)
    let sql: SQL = "SELECT id FROM log WHERE digest = \(digest) AND size > \(size)"
    #expect(sql.text == "SELECT id FROM log WHERE digest = $1 AND size > $2")
    #expect(sql.values.count == 2)
  }

  @Test func partsAreNumberedOn() {
    let part: SQL = "size > \(1)"
    let sql: SQL = "SELECT \(2) WHERE \(part) AND \(part) AND id = \(3)"
    #expect(sql.text == "SELECT $1 WHERE size > $2 AND size > $3 AND id = $4")
    #expect(sql.values.compactMap { $0 as? Int } == [2, 1, 1, 3])
  }

  @Test func trustedTextAndIdentifiers() {
    let sql: SQL = "SELECT \(raw: "a, b") FROM \(identifier: "odd \"name\"")"
    #expect(sql.text == #"SELECT a, b FROM "odd ""name""""#)
    #expect(SQL(text: "SELECT $1", values: [1]).text == "SELECT $1")
  }

  @Test func theOperationIsANameOrTheFirstWords() {
    let sql: SQL = "SELECT a, b, c, d, e FROM log\n  WHERE digest = \("secret")"
    #expect(sql.operation == "SELECT a, b, c, d, e FROM log …")
    #expect(sql.named("find log").operation == "find log")
  }

  @Test func theCacheForgetsTheLeastRecentlyUsed() {
    var cache = StatementCache(capacity: 2)
    let keys = ["a", "b", "c"].map { StatementCache.Key(text: $0, types: []) }
    #expect(cache.insert(keys[0], name: "1") == nil)
    #expect(cache.insert(keys[1], name: "2") == nil)
    #expect(cache.name(of: keys[0]) == "1")
    #expect(cache.insert(keys[2], name: "3") == "2")
    #expect(cache.name(of: keys[1]) == nil)
  }
}
