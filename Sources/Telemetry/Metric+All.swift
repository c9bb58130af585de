/// All that is measured. `docs/operating.md` lists them.
extension Metric {
  // MARK: - Stages

  package static let steps = Metric(
    "culprit_steps_total", .counter, labels: ["queue", "result"],
    "Steps that workers did, by queue; result is done, problem or error.")
  package static let stepSeconds = Metric(
    "culprit_step_duration_seconds", .histogram(seconds), labels: ["queue"], "How long a step took that had something to do.")
  package static let deliveries = Metric(
    "culprit_deliveries_total", .counter, labels: ["provider", "result"],
    "Webhook deliveries that were answered; result is new, repeated or refused.")
  package static let fetches = Metric(
    "culprit_fetches_total", .counter, labels: ["provider", "result"],
    "Tries to fetch a log; result is stored, cut, or the reason why not.")
  package static let fetchedBytes = Metric(
    "culprit_fetched_bytes_total", .counter, labels: ["provider"], "Raw bytes of the logs that were fetched.")

  // MARK: - Scans

  package static let scannedLogs = Metric("culprit_scanned_logs_total", .counter, "Logs whose scan was recorded.")
  package static let scannedBytes = Metric("culprit_scanned_bytes_total", .counter, "Raw bytes of these.")
  package static let scannedPairs = Metric("culprit_scanned_pairs_total", .counter, "Pairs of log and pattern that were recorded.")
  package static let findings = Metric("culprit_findings_total", .counter, "Findings that were recorded.")
  package static let inconclusive = Metric(
    "culprit_inconclusive_total", .counter, labels: ["reason"], "Pairs that were tried, but not to the end.")
  package static let lostLogs = Metric(
    "culprit_lost_logs_total", .counter, "Logs that the archive hadn't any more when they were due.")

  // MARK: - Verdicts and posts

  package static let verdicts = Metric(
    "culprit_verdicts_total", .counter, labels: ["kind"],
    "Failed builds by kind, each time that their commit was judged for a post.")
  package static let posts = Metric(
    "culprit_posts_total", .counter, labels: ["kind", "result"],
    "Statuses, check runs and comments that were sent; result is posted, refused or unknown.")

  // MARK: - Providers

  package static let providerRequests = Metric(
    "culprit_provider_requests_total", .counter, labels: ["host", "result"],
    "Requests to CI systems and code hosts; result is the class of the status, such as 2xx, or the kind of error.")
  package static let providerSeconds = Metric(
    "culprit_provider_request_duration_seconds", .histogram(seconds), labels: ["host"], "How long these took, bodies included.")
  package static let providerLimit = Metric(
    "culprit_provider_rate_limit", .gauge, labels: ["host"], "Requests that a host grants per period, as it told last.")
  package static let providerRemaining = Metric(
    "culprit_provider_rate_limit_remaining", .gauge, labels: ["host"], "Requests that are left of these, as it told last.")

  // MARK: - HTTP

  package static let httpRequests = Metric(
    "culprit_http_requests_total", .counter, labels: ["route", "method", "status"], "Requests that were answered.")
  package static let httpSeconds = Metric(
    "culprit_http_request_duration_seconds", .histogram(seconds), labels: ["route", "method"],
    "How long these took until the answer began.")

  // MARK: - What the database says when it is asked

  package static let queueWaiting = Metric(
    "culprit_queue_waiting", .gauge, labels: ["queue"], "What waits in a queue, its time come or not.")
  package static let queueDue = Metric("culprit_queue_due", .gauge, labels: ["queue"], "What of this could be done now.")
  package static let queueAge = Metric(
    "culprit_queue_oldest_due_seconds", .gauge, labels: ["queue"], "For how long the oldest of these has been due.")
  package static let ledgerPairs = Metric(
    "culprit_ledger_pairs", .gauge, labels: ["state"],
    "Pairs of archived log and pattern that is tried now: done, due, and done but not conclusive.")
  package static let workers = Metric("culprit_workers", .gauge, "Workers whose connection is alive.")

  /// In the order of the text.
  package static let all: [Metric] = [
    steps, stepSeconds, deliveries, fetches, fetchedBytes, scannedLogs, scannedBytes, scannedPairs, findings, inconclusive,
    lostLogs,
    verdicts, posts, providerRequests, providerSeconds, providerLimit, providerRemaining, httpRequests, httpSeconds, queueWaiting,
    queueDue, queueAge, ledgerPairs, workers,
  ]

  private static let seconds = [0.005, 0.02, 0.1, 0.5, 2, 10, 60]
}
