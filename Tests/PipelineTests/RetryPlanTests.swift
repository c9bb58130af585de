import Pipeline
import Providers
import Testing

@Suite struct RetryPlanTests {
  /// Whoever mends a token may be away over a weekend; and it must not cost a request each hour for everything that is refused.
  @Test(arguments: [ProviderError.Reason.unauthorized, .forbidden]) func aTokenMayBeMendedForAWeek(_ reason: ProviderError.Reason) {
    let plan = RetryPlan()
    var (tries, seconds) = (1, 0.0)
    while case .after(let wait) = plan.next(after: ProviderError(reason, operation: "ask"), attempts: tries - 1, age: 0, now: 0) {
      (tries, seconds) = (tries + 1, seconds + wait)
    }
    #expect((7 * 86_400...9 * 86_400).contains(seconds))
    #expect(tries <= 60)
  }

  @Test func anOutageIsWaitedOutForAWeek() {
    let plan = RetryPlan()
    var (tries, seconds) = (1, 0.0)
    while case .after(let wait) = plan.next(
      after: ProviderError(.unreachable, operation: "ask"), attempts: tries - 1, age: 0, now: 0)
    {
      (tries, seconds) = (tries + 1, seconds + wait)
    }
    #expect(seconds >= 7 * 86_400)
  }
}
