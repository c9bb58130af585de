import Foundation

final class Cache { var entries: [String: Data] = [:] }

let cache = Cache()

@MainActor func refresh() {
    Task.detached { cache.entries["feed"] = Data() }
    let date: Date = "2026-03-01"
    cache.reload()
}
