import Model
import Web

extension LoginSettings {
  /// What the settings say of who may look and change.
  ///
  /// - Throws: `Failure` that names the setting that is wrong or missing.
  init(_ settings: Settings) throws {
    self.init()
    var entries: [Role: [AccessRules.Entry]] = [:]
    for (role, setting) in [(Role.reader, Setting.loginReaders), (.curator, .loginCurators), (.operator, .loginOperators)] {
      guard let (text, origin) = settings.told(setting) else { continue }
      guard let list = AccessRules.entries(text) else {
        throw Failure("\(origin): \"\(setting.rawValue)\" is \"\(text)\"", hint: "it must be a list such as acme, acme/ci, @ada")
      }
      entries[role] = list
    }
    rules = AccessRules(entries)
    if let client = settings.text(.loginGitHubClient) {
      guard let secret = try settings.secret("CULPRIT_LOGIN_GITHUB_SECRET", file: .loginGitHubSecretFile) else {
        throw Failure("the OAuth app \(client) has no secret", hint: "name its file in login-github-secret-file")
      }
      guard !rules.isEmpty else {
        throw Failure(
          "people would log in by GitHub, and nobody is named who may",
          hint: "set login-readers to your organisation, such as acme, and login-curators and login-operators")
      }
      guard settings.text(.publicURL) != nil else {
        throw Failure(
          "GitHub has to know where people come back to", hint: "set public-url to the address at which people reach culprit")
      }
      github = GitHub(client: client, secret: secret)
    }
    if let (text, origin) = settings.told(.loginProxies) {
      proxies = AddressList(text)
      guard proxies != nil else {
        throw Failure("\(origin): \"login-proxies\" is \"\(text)\"", hint: "it must be addresses such as 10.0.0.5, 192.168.0.0/24")
      }
    }
    if let header = settings.text(.loginProxyHeader) {
      guard proxies != nil else {
        throw Failure(
          "login-proxy-header is set, and no proxy is named that it is taken from", hint: "set login-proxies to its addresses")
      }
      proxy = Proxy(header: header)
      guard proxy != nil else {
        throw Failure("login-proxy-header is \"\(header)\"", hint: "it must be a header's name, such as X-Forwarded-User")
      }
    }
    if let rate = try settings.rateLimit { requestsPerSecond = rate > 0 ? rate : nil }
    isOpen = github == nil && proxy == nil
  }
}
