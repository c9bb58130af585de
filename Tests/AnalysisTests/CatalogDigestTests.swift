import Analysis
import Model
import Testing

@Suite struct CatalogDigestTests {
  @Test func everyPartOfTheDefinitionChangesTheDigest() {
    let definitions = [
      MatchDefinition(matcher: .match("ab")),
      MatchDefinition(matcher: .match("abc")),
      MatchDefinition(matcher: .literal("ab")),
      MatchDefinition(matcher: .sequence(["a", "b"], within: 50)),
      MatchDefinition(matcher: .sequence(["a", "b"], within: 51)),
      MatchDefinition(matcher: .sequence(["b", "a"], within: 50)),
      MatchDefinition(matcher: .sequence(["ab", ""], within: 50)),
      MatchDefinition(matcher: .sequence(["a", "b", "50"], within: 50)),
      MatchDefinition(matcher: .match("ab"), ignoreCase: true),
      MatchDefinition(matcher: .match("ab"), tail: 1),
      MatchDefinition(matcher: .match("ab"), tail: 2),
      MatchDefinition(matcher: .match("ab"), scope: Scope([.job: "x"])),
      MatchDefinition(matcher: .match("ab"), scope: Scope([.job: "y"])),
      MatchDefinition(matcher: .match("ab"), scope: Scope([.step: "x"])),
      MatchDefinition(matcher: .match("ab"), scope: Scope([.job: "x", .step: "x"])),
    ]
    let digests = definitions.map(RevisionDigest.of)
    #expect(Set(digests).count == definitions.count)
    #expect(digests.allSatisfy { $0.count == 32 })
    #expect(definitions.map(RevisionDigest.of) == digests)
  }

  /// Revisions are kept in databases for years: the encoding may never change.
  @Test func theDigestStaysTheSame() {
    let definition = MatchDefinition(
      matcher: .sequence(["a", "b"], within: 7), ignoreCase: true, scope: Scope([.step: "s", .branch: "b"]), tail: 3)
    let hex = RevisionDigest.of(definition).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == "40ca4e253f63bfe57705b1f0df2d8ec9bf2688f0bad9cac895ac99781ebbb5d4")
  }

  @Test func nothingElseEnters() throws {
    let one = try #require(CatalogFixture.read(CatalogFixture.full).pattern)
    let other = try #require(
      CatalogFixture.read(
        CatalogFixture.full.replacing("could not reach", with: "cannot reach").replacing("priority: 60", with: "priority: 7")
          .replacing("verdict: known", with: "verdict: flaky").replacing("2027-03-01", with: "2028-03-01")
      ).pattern)
    #expect(one != other)
    #expect(RevisionDigest.of(one.definition) == RevisionDigest.of(other.definition))
  }
}
