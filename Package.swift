// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is built with: Swift 6 mode, no warning left standing.
let ours: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]
/// What goes over every byte of a log is compiled for speed in debug builds, too: the tests scan megabytes again and again.
let fast: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
/// The wrappers that touch C say `unsafe` at every place where they do.
let wrapper = ours + [.strictMemorySafety()]

let package = Package(
  name: "culprit",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // System libraries: a module map and a header of typed inline shims each.
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CHeap"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

    // The loops over every byte of a log, with the widest instructions that the processor has.
    .target(name: "CScanKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),

    // Thin, safe owners of the C handles. They know nothing of builds or patterns.
    .target(name: "PCRE2", dependencies: ["CPCRE2"], swiftSettings: wrapper + fast),
    .target(name: "Postgres", dependencies: ["CPostgres"], swiftSettings: wrapper),
    .target(name: "Compression", dependencies: ["CArchive", "CZlib", "CZstd"], swiftSettings: wrapper + fast),
    .target(name: "Curl", dependencies: ["CCurl", "Compression"], swiftSettings: wrapper),

    // Where logs come from when no provider is asked: files, folders, archives, standard input.
    .target(name: "LogSource", dependencies: ["Compression"], swiftSettings: ours),
    // Raw logs, kept compressed and addressed by content.
    .target(
      name: "LogArchive",
      dependencies: ["Compression", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: ours),

    // Value types everyone shares; imports nothing.
    .target(name: "Model", swiftSettings: ours),

    // What is measured, through swift-metrics, and its text for Prometheus.
    .target(name: "Telemetry", dependencies: [.product(name: "Metrics", package: "swift-metrics")], swiftSettings: ours),

    // Pure: cleaning, the pattern catalog, matching, verdicts.
    .target(
      name: "Analysis",
      dependencies: [
        "CScanKernels", "Model", "PCRE2",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: ours + fast),

    // One file per CI system, and one folder for GitHub as the code host.
    .target(
      name: "Providers",
      dependencies: [
        "Compression", "Curl", "LogSource", "Model",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: ours),

    // All SQL lives here and in sql/.
    .target(name: "Store", dependencies: ["Model", "Postgres"], swiftSettings: ours),
    // The steps that a build goes through, one file each. Only here is anything looped over or tried again.
    .target(
      name: "Pipeline",
      dependencies: [
        "Analysis", "Curl", "LogArchive", "LogSource", "Model", "Postgres", "Providers", "Store", "Telemetry",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: ours),
    // What is served over HTTP: pages, the API, webhooks, health.
    .target(
      name: "Web",
      dependencies: [
        "Analysis", "LogArchive", "Model", "Pipeline", "Postgres", "Providers", "Store", "Telemetry",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: ours),
    // One file per subcommand; configuration; wires everything.
    .executableTarget(
      name: "culprit",
      dependencies: [
        "Analysis", "CHeap", "Curl", "LogArchive", "LogSource", "Model", "Pipeline", "Postgres", "Providers", "Store",
        "Telemetry", "Web",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: ours),

    // What tests share: a PostgreSQL server of their own, and the ledger in it.
    .target(
      name: "TestSupport",
      dependencies: [
        "Analysis", "Curl", "LogArchive", "Model", "Pipeline", "Postgres", "Store",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/TestSupport", swiftSettings: ours),
    // How fast scanning is: `scripts/bench`.
    .executableTarget(
      name: "culprit-bench",
      dependencies: [
        "Analysis", "CPCRE2", "LogArchive", "Model", "PCRE2", "Pipeline", "Postgres", "Store", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks", swiftSettings: ours),

    // Temporary folders, pipes, and archives built byte by byte.
    .target(name: "ArchiveFixtures", path: "Tests/ArchiveFixtures", swiftSettings: ours),
    // Uses a private cluster from a process of its own, which a test can kill.
    .executableTarget(name: "cluster-tool", dependencies: ["Postgres"], path: "Tests/ClusterTool", swiftSettings: ours),

    // Random expressions and texts, for the tests and for `scripts/fuzz`.
    .target(name: "FuzzSupport", dependencies: ["Analysis", "PCRE2"], path: "Tests/FuzzSupport", swiftSettings: ours),
    .executableTarget(
      name: "culprit-fuzz", dependencies: ["Analysis", "CPCRE2", "FuzzSupport", "Model", "PCRE2"], path: "Tests/Fuzz",
      swiftSettings: ours),
    .testTarget(name: "PCRE2Tests", dependencies: ["PCRE2"], swiftSettings: ours),
    .testTarget(
      name: "AnalysisTests", dependencies: ["Analysis", "CScanKernels", "FuzzSupport", "Model", "PCRE2"], swiftSettings: ours),
    .testTarget(name: "CompressionTests", dependencies: ["Compression", "ArchiveFixtures"], swiftSettings: ours),
    .testTarget(name: "CurlTests", dependencies: ["ArchiveFixtures", "Curl", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "TelemetryTests", dependencies: ["Telemetry", .product(name: "Metrics", package: "swift-metrics")], swiftSettings: ours),
    .testTarget(name: "LogSourceTests", dependencies: ["LogSource", "Compression", "ArchiveFixtures"], swiftSettings: ours),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Analysis", "Curl", "FuzzSupport", "LogArchive", "Model", "Pipeline", "Postgres", "Providers", "Store", "Telemetry",
        "TestSupport", "Web",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: ours),
    .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport", "cluster-tool"], swiftSettings: ours),
    .testTarget(
      name: "StoreTests",
      dependencies: ["Analysis", "FuzzSupport", "Model", "Pipeline", "Postgres", "Store", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "ProvidersTests",
      dependencies: [
        "ArchiveFixtures", "Curl", "Model", "Providers", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: ours),
    .testTarget(
      name: "WebTests",
      dependencies: [
        "Curl", "Model", "Pipeline", "Postgres", "Providers", "Store", "Telemetry", "TestSupport", "Web",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: ours),
    .testTarget(
      name: "CulpritTests", dependencies: ["culprit", "Curl", "FuzzSupport", "Model", "Postgres", "Store", "TestSupport"],
      swiftSettings: ours),
    .testTarget(name: "LogArchiveTests", dependencies: ["LogArchive", "Compression", "ArchiveFixtures"], swiftSettings: ours),
  ],
  swiftLanguageModes: [.v6]
)
