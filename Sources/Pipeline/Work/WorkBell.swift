import Postgres
import Store
import Synchronization

/// Wakes those who wait for a kind of work. A ring that nobody waits for is kept for the next who does.
final class WorkBell: Sendable {
  private struct Waiter {
    let id: Int
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var rung: Set<Store.WorkKind> = []
    var waiters: [Store.WorkKind: [Waiter]] = [:]
    var next = 0
    /// Those who were cancelled before they began to wait.
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  func ring(_ kind: Store.WorkKind) {
    let waiters = state.withLock { state in
      let waiters = state.waiters.removeValue(forKey: kind) ?? []
      if waiters.isEmpty { state.rung.insert(kind) }
      return waiters
    }
    for waiter in waiters { waiter.continuation.resume() }
  }

  func ringAll() {
    for kind in Store.WorkKind.allCases { ring(kind) }
  }

  /// Waits for a ring, for a time, or for the end of the task.
  func wait(for kind: Store.WorkKind, atMost seconds: Double) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.wait(for: kind) }
      group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
      await group.next()
      group.cancelAll()
    }
  }

  private func wait(for kind: Store.WorkKind) async {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDone = state.withLock { state in
          if state.cancelled.remove(id) != nil || state.rung.remove(kind) != nil { return true }
          state.waiters[kind, default: []].append(Waiter(id: id, continuation: continuation))
          return false
        }
        if isDone { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        if let index = state.waiters[kind]?.firstIndex(where: { $0.id == id }) { return state.waiters[kind]?.remove(at: index) }
        state.cancelled.insert(id)
        return nil
      }
      waiter?.continuation.resume()
    }
    state.withLock { state in _ = state.cancelled.remove(id) }
  }
}
