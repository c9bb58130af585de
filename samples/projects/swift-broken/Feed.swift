protocol Source { func load(page: Int) async throws -> [String] }

struct Remote: Source {
    let url: String
    func load(page: Int) -> [Int] { [page] }
}

func show(_ source: Source) {
    let posts = source.load(page: "1")
    var count = 0
    for post in posts { print(post.titel) }
    let first: String = posts.first
    print(frist)
}
