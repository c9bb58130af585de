import XCTest
@testable import Feed

final class TimelineTests: XCTestCase {
    func testMostLikedFirst() {
        let posts = [Post(author: "ann", likes: 3), Post(author: "bob", likes: 9)]
        XCTAssertEqual(timeline(posts).first?.author, "bob", "the most liked post comes first")
    }

    func testEmpty() throws {
        XCTAssertTrue(timeline([]).isEmpty)
        let post = try XCTUnwrap(timeline([]).first)
        XCTAssertEqual(post.likes, 0)
    }

    func testReload() {
        let reloaded = expectation(description: "the feed is reloaded")
        reloaded.assertForOverFulfill = true
        wait(for: [reloaded], timeout: 0.5)
    }
}

final class PostTests: XCTestCase {
    func testEqual() { XCTAssertEqual(Post(author: "ann", likes: 1), Post(author: "ann", likes: 1)) }
}
