import Curl
import Foundation
import LogArchive
import Model
import Pipeline
import Providers
import Store
import Web

/// The CI systems and the code host that a worker talks to, as the settings and the environment name them.
struct Integrations: Sendable {
  /// By name.
  let providers: [String: any Provider]
  /// Nil without a credential: nothing can be posted then.
  let host: GitHubCodeHost?
  let readers: [any WebhookReader]
  /// By provider.
  let webhookSecrets: [String: String]
  let posting: PostStage.Settings
  let allowed: RepositoryList?
  /// Where patterns are proposed to, and the folder there; nil: nowhere.
  private let patterns: (repository: String, folder: String)?
  /// Nil where nobody logs in by GitHub.
  let login: GitHubLogin?
  /// Hears what all of them tell of their limits.
  let watch = ProviderWatch()

  /// - Throws: `Failure` that names what is wrong with a setting, never a secret.
  init(_ settings: Settings) throws {
    var client = HTTPClient.Settings()
    client.observe = { [watch] in watch.note($0) }
    let http = HTTPClient(client)
    let github = try Self.credential(settings)
    let gitHub = GitHubClient(
      http, base: try Self.address(settings, .githubURL, or: settings.variable("GITHUB_API_URL") ?? GitHubClient.publicBase),
      credential: github)
    var providers: [any Provider] = [GitHubActions(gitHub)]
    providers.append(CircleCI(http, try Self.access(settings, .circleURL, CircleCI.publicBase, "CIRCLE_TOKEN", .circleTokenFile)))
    providers.append(GitLab(http, try Self.access(settings, .gitlabURL, GitLab.publicBase, "GITLAB_TOKEN", .gitlabTokenFile)))
    providers.append(
      Buildkite(http, try Self.access(settings, .buildkiteURL, Buildkite.publicBase, "BUILDKITE_TOKEN", .buildkiteTokenFile)))
    providers.append(Travis(http, try Self.access(settings, .travisURL, Travis.publicBase, "TRAVIS_TOKEN", .travisTokenFile)))
    // There is no public one.
    if let url = settings.text(.jenkinsURL) {
      providers.append(Jenkins(http, try Self.access(settings, .jenkinsURL, url, "JENKINS_TOKEN", .jenkinsTokenFile)))
    }
    if let folder = settings.text(.folder) { providers.append(Folder(path: folder)) }
    self.providers = Dictionary(providers.map { ($0.name, $0) }) { first, _ in first }

    var posting = PostStage.Settings()
    if let context = settings.text(.statusContext) { posting.context = context }
    posting.publicURL = try settings.text(.publicURL).map { text in
      let url = try Self.address(settings, .publicURL, or: text).absolute
      return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
    posting.comments = settings.text(.commentRepositories).map { RepositoryList($0) }
    var app: Int?
    if case .app(let key) = github {
      posting.postsCheckRuns = true
      app = key.app
    }
    self.posting = posting
    let host: GitHubCodeHost? = if case .none = github { nil } else { GitHubCodeHost(gitHub) }
    self.host = host
    var systems = GitHubWebhook.publicSystems
    for (setting, system) in [(Setting.circleURL, CircleCI.name), (.gitlabURL, GitLab.name), (.travisURL, Travis.name)] {
      if let url = settings.text(setting) { systems[try HTTPURL(url).origin.host] = system }
    }
    readers = [
      GitHubWebhook(ownContext: posting.context, ownApp: app, systems: systems), CircleCIWebhook(), GitLabWebhook(),
      BuildkiteWebhook(),
    ]
    var secrets: [String: String] = [:]
    for reader in readers {
      let variable = "CULPRIT_\(reader.provider.uppercased())_WEBHOOK_SECRET"
      secrets[reader.provider] = try settings.secret(variable, file: Setting(rawValue: "\(reader.provider)-webhook-secret-file"))
    }
    webhookSecrets = secrets
    allowed = settings.text(.repositories).map { RepositoryList($0) }
    patterns = try settings.text(.patternsRepository).map { text in
      guard text.split(separator: "/", omittingEmptySubsequences: false).count == 2, host != nil else {
        throw Failure(
          "patterns-repository is \"\(text)\"", hint: "it must be owner/name on GitHub, and a GitHub token or app must be set")
      }
      return (text, settings.text(.patternsPath) ?? "patterns")
    }
    login = try LoginSettings(settings).github.map { app in
      GitHubLogin(
        http, web: try Self.address(settings, .loginGitHubURL, or: GitHubLogin.publicWeb),
        api: try Self.address(settings, .githubURL, or: settings.variable("GITHUB_API_URL") ?? GitHubClient.publicBase),
        client: app.client, secret: app.secret)
    }
  }

  func proposals(_ store: Store) -> ProposeStage? {
    guard let patterns, let host else { return nil }
    return ProposeStage(store: store, host: host, repository: patterns.repository, folder: patterns.folder)
  }

  private static func credential(_ settings: Settings) throws -> GitHubCredential {
    if let app = settings.text(.githubApp) {
      guard let number = Int(app), number > 0 else {
        throw Failure("github-app is \"\(app)\"", hint: "it must be the app's number, as its settings page shows it")
      }
      guard let pem = try settings.secret("CULPRIT_GITHUB_APP_KEY", file: .githubAppKeyFile) else {
        throw Failure("the GitHub App \(number) has no key", hint: "name its file in github-app-key-file")
      }
      do {
        return .app(try GitHubAppKey(app: number, pem: pem))
      } catch {
        throw Failure("the key of GitHub App \(number) can't be read", hint: "it must be the PEM file that GitHub handed out")
      }
    }
    return try settings.secret("GITHUB_TOKEN", file: .githubTokenFile).map { .token($0) } ?? .none
  }

  private static func access(
    _ settings: Settings, _ setting: Setting, _ usual: String, _ variable: String, _ file: Setting
  ) throws -> Access {
    let base = try address(settings, setting, or: usual).absolute
    return try Access(base: base.hasSuffix("/") ? String(base.dropLast()) : base, token: try settings.secret(variable, file: file))
  }

  private static func address(_ settings: Settings, _ setting: Setting, or usual: String) throws -> HTTPURL {
    do {
      return try HTTPURL(settings.text(setting) ?? usual)
    } catch {
      throw Failure("\(setting.rawValue) is no address: \(error.cause)", hint: "it must be an absolute http or https address")
    }
  }
}

extension Workplace {
  /// A worker for all stages that something is configured for.
  func worker(
    _ settings: Settings, _ integrations: Integrations, _ archive: LogArchive, report: @Sendable @escaping (StepReport) -> Void
  ) throws -> Worker {
    integrations.watch.write(to: store)
    var stages = Worker.Stages()
    stages.receive = ReceiveStage(
      store: store, readers: integrations.readers, providers: integrations.providers, allowed: integrations.allowed,
      today: { .now })
    stages.list = ListStage(store: store, providers: integrations.providers)
    stages.fetch = FetchStage(store: store, archive: archive, providers: integrations.providers)
    stages.rescan = RescanStage(store: store, archive: archive, database: database, settings: try settings.rescan)
    stages.rerun = RerunStage(store: store, providers: integrations.providers) { .now }
    stages.post = integrations.host.map { PostStage(store: store, host: $0, settings: integrations.posting) { .now } }
    stages.tally = TallyStage(store: store) { .now }
    return Worker(store: store, database: database, stages: stages, report: report)
  }
}
