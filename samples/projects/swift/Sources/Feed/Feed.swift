public struct Post: Equatable, Sendable {
    public var author: String
    public var likes: Int
    public init(author: String, likes: Int) {
        self.author = author
        self.likes = likes
    }
}

public func timeline(_ posts: [Post]) -> [Post] {
    posts.sorted { $0.likes < $1.likes }
}

public func pages(_ count: Int, of size: Int) -> Int {
    count / size
}
