import Testing
@testable import Feed

@Suite struct PageTests {
    @Test("pages round up", arguments: [10, 15, 20])
    func pagesRoundUp(count: Int) {
        #expect(pages(count, of: 10) == (count + 9) / 10)
    }

    @Test func pagesOfFeed() throws {
        let posts = timeline([Post(author: "ann", likes: 3)])
        let first = try #require(posts.first { $0.likes > 3 }, "a post with more than 3 likes")
        #expect(first.author == "ann")
    }

    @Test func order() { #expect(timeline([]).isEmpty) }
}
