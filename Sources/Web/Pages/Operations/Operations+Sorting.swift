import Store

extension Operations {
  /// What its tables can be sorted by: the name of the list, and of a member of its rows. One of them is sorted at a time.
  enum Key: String, Sendable, CaseIterable {
    case queue = "queues.queue"
    case waiting = "queues.waiting"
    case due = "queues.due"
    case leased = "queues.leased"
    case retried = "queues.retried"
    case oldestDueSeconds = "queues.oldestDueSeconds"
    case workerHost = "workers.host"
    case startedAt = "workers.startedAt"
    case limitHost = "limits.host"
    case remaining = "limits.remaining"
    case resetsAt = "limits.resetsAt"
    case toldAt = "limits.toldAt"
    case what = "troubles.what"
    case subject = "troubles.subject"
    case reason = "troubles.reason"
    case at = "troubles.at"
  }

  /// - Parameter sorting: nil: each table in an order of its own.
  func sorted(by sorting: Sorting<Key>?) -> Operations {
    guard let sorting else { return self }
    var all = self
    switch sorting.key {
    case .queue: all.queues = queues.sorted(by: sorting) { $0.queue }
    case .waiting: all.queues = queues.sorted(by: sorting) { $0.waiting }
    case .due: all.queues = queues.sorted(by: sorting) { $0.due }
    case .leased: all.queues = queues.sorted(by: sorting) { $0.leased }
    case .retried: all.queues = queues.sorted(by: sorting) { $0.retried }
    case .oldestDueSeconds: all.queues = queues.sorted(by: sorting) { $0.oldestDueSeconds }
    case .workerHost: all.workers = workers.sorted(by: sorting) { $0.host }
    case .startedAt: all.workers = workers.sorted(by: sorting) { $0.startedAt }
    case .limitHost: all.limits = limits.sorted(by: sorting) { $0.host }
    case .remaining: all.limits = limits.sorted(by: sorting) { $0.remaining }
    case .resetsAt: all.limits = limits.sorted(by: sorting) { $0.resetsAt }
    case .toldAt: all.limits = limits.sorted(by: sorting) { $0.toldAt }
    case .what: all.troubles = troubles.sorted(by: sorting) { $0.what }
    case .subject: all.troubles = troubles.sorted(by: sorting) { $0.subject }
    case .reason: all.troubles = troubles.sorted(by: sorting) { $0.reason }
    case .at: all.troubles = troubles.sorted(by: sorting) { $0.at }
    }
    return all
  }
}
