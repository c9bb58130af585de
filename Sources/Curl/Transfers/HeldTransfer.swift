import Synchronization

/// The transfer of a task, for whoever cancels the task: before the transfer is there, or after.
final class HeldTransfer: Sendable {
  private let state = Mutex<(transfer: Transfer?, isCancelled: Bool)>((nil, false))

  func hold(_ transfer: Transfer) {
    let isCancelled = state.withLock { state in
      state.transfer = transfer
      return state.isCancelled
    }
    if isCancelled { transfer.cancel() }
  }

  func cancel() {
    let transfer = state.withLock { state in
      state.isCancelled = true
      return state.transfer
    }
    transfer?.cancel()
  }
}
