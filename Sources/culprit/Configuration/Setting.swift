/// A setting: a key of `culprit.yaml`, and the variable `CULPRIT_…` that overrides it. A new one is a case here and a line in
/// `docs/configuration.md`.
enum Setting: String, CaseIterable {
  case patterns
  case data
  case archive
  case databaseURLFile = "database-url-file"
  case color
  case logFormat = "log-format"
  case lanes
  case matchLimit = "match-limit"
  case lineMilliseconds = "line-milliseconds"
  case patternMilliseconds = "pattern-milliseconds"
  case logMilliseconds = "log-milliseconds"
  case findingsPerPattern = "findings-per-pattern"
  case suspendAfter = "suspend-after"
  case coolOff = "cool-off"
  case repositories
  case publicURL = "public-url"
  case statusContext = "status-context"
  case commentRepositories = "comment-repositories"
  case githubURL = "github-url"
  case githubTokenFile = "github-token-file"
  case githubApp = "github-app"
  case githubAppKeyFile = "github-app-key-file"
  case githubWebhookSecretFile = "github-webhook-secret-file"
  case circleURL = "circleci-url"
  case circleTokenFile = "circleci-token-file"
  case circleWebhookSecretFile = "circleci-webhook-secret-file"
  case gitlabURL = "gitlab-url"
  case gitlabTokenFile = "gitlab-token-file"
  case gitlabWebhookSecretFile = "gitlab-webhook-secret-file"
  case buildkiteURL = "buildkite-url"
  case buildkiteTokenFile = "buildkite-token-file"
  case buildkiteWebhookSecretFile = "buildkite-webhook-secret-file"
  case jenkinsURL = "jenkins-url"
  case jenkinsTokenFile = "jenkins-token-file"
  case travisURL = "travis-url"
  case travisTokenFile = "travis-token-file"
  case folder

  var variable: String { "CULPRIT_" + rawValue.uppercased().replacing("-", with: "_") }

  /// In words for `culprit doctor` and the documentation.
  var meaning: String {
    switch self {
    case .patterns: "folder of pattern files"
    case .data: "folder of the private database and the archive"
    case .archive: "folder of raw logs"
    case .databaseURLFile: "file that holds the database's address"
    case .color: "auto, always or never"
    case .logFormat: "how serve and work log: auto, text or json"
    case .lanes: "logs that are scanned at once"
    case .matchLimit: "PCRE2's match limit at each start position"
    case .lineMilliseconds: "CPU time of a pattern on a line"
    case .patternMilliseconds: "CPU time of a pattern on a log"
    case .logMilliseconds: "CPU time of all patterns on a log"
    case .findingsPerPattern: "findings that are kept per pattern and log"
    case .suspendAfter: "inconclusive logs after which a pattern is not tried any more"
    case .coolOff: "seconds after an event until a status is computed"
    case .repositories: "repositories that are listened to, with * for any text"
    case .publicURL: "address of the web UI, for links"
    case .statusContext: "name under which statuses are posted"
    case .commentRepositories: "repositories whose pull requests get a comment"
    case .githubURL: "address of GitHub's API"
    case .githubTokenFile: "file that holds the GitHub token"
    case .githubApp: "number of the GitHub App"
    case .githubAppKeyFile: "file that holds the GitHub App's key"
    case .githubWebhookSecretFile: "file that holds the secret of GitHub's webhooks"
    case .circleURL: "address of CircleCI"
    case .circleTokenFile: "file that holds the CircleCI token"
    case .circleWebhookSecretFile: "file that holds the secret of CircleCI's webhooks"
    case .gitlabURL: "address of GitLab's API"
    case .gitlabTokenFile: "file that holds the GitLab token"
    case .gitlabWebhookSecretFile: "file that holds the secret of GitLab's webhooks"
    case .buildkiteURL: "address of Buildkite's API"
    case .buildkiteTokenFile: "file that holds the Buildkite token"
    case .buildkiteWebhookSecretFile: "file that holds the secret of Buildkite's webhooks"
    case .jenkinsURL: "address of Jenkins"
    case .jenkinsTokenFile: "file that holds user:token for Jenkins"
    case .travisURL: "address of Travis CI's API"
    case .travisTokenFile: "file that holds the Travis CI token"
    case .folder: "folder with a manifest, as a CI system of its own"
    }
  }
}
