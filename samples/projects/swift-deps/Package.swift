// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "App",
    dependencies: [.package(url: "https://git.acme.invalid/acme/design-kit.git", from: "1.2.0")],
    targets: [.executableTarget(name: "App", dependencies: [.product(name: "DesignKit", package: "design-kit")])]
)
