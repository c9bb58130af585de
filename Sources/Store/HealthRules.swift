/// From when on a pattern is not believed any more.
package struct HealthRules: Sendable, Equatable {
  /// The share of passing builds whose logs are fetched and scanned, too; from 0 to 1.
  package var sampledShare = 0.02
  /// A pattern that is found in more than this share of the sampled passing builds is suspect; from 0 to 1.
  package var suspectShare = 0.1
  /// So many passing builds must have been sampled before that is judged.
  package var suspectSamples = 20
  /// A pattern is suspect, too, once its excuses were reported as wrong on so many builds.
  package var suspectReports = 3

  package init() {}
}
