// swift-tools-version:6.0
import PackageDescription

let package = Package(name: "feed-tool", targets: [.executableTarget(name: "feed-tool")])
