// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// The rooms of the house, from the inside out. docs/architecture.md has the map.
let package = Package(
    name: "tokenagent",
    products: [
        .executable(name: "tokenagent", targets: ["tokenagent"]),
        .library(name: "AgentClient", targets: ["AgentClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLDAP", pkgConfig: "ldap", providers: [.apt(["libldap2-dev"])]),
        .target(name: "CLinux"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "TokenCore", dependencies: [crypto]),
        .target(name: "AgentProtocol", dependencies: [nioCore]),
        .target(
            name: "TokenStorage", dependencies: ["TokenCore", "CLinux", "CSQLite", grdb, sqlite, crypto]),
        .target(name: "LDAPDirectory", dependencies: ["TokenCore", "CLDAP", logging]),
        .target(
            name: "AgentCore",
            dependencies: ["TokenCore", "TokenStorage", "CLinux", lifecycle, logging, metrics]),
        .target(
            name: "AgentServer",
            dependencies: [
                "AgentCore", "AgentProtocol", "TokenCore", "CLinux", nioCore, nioPosix, lifecycle, logging,
                metrics,
            ]
        ),
        .target(name: "Exposition", dependencies: [metrics]),
        .target(name: "AgentClient", dependencies: ["AgentProtocol", nioCore, nioPosix]),
        .target(
            name: "HTTPBridge",
            dependencies: [
                "AgentProtocol", "Exposition", httpTypes, hummingbird, hummingbirdCore, lifecycle, logging,
                metrics, nioCore, nioHTTP,
            ]
        ),
        .executableTarget(
            name: "tokenagent",
            dependencies: [
                "AgentClient", "AgentCore", "AgentProtocol", "AgentServer", "CLinux", "Exposition",
                "HTTPBridge",
                "LDAPDirectory", "TokenCore", "TokenStorage", argumentParser, lifecycle, logging, metrics,
                unixSignals, yams,
            ]
        ),
        // Writes the databases that the benchmarks run on.
        .executableTarget(
            name: "BenchmarkSeed", dependencies: ["AgentCore", "TokenCore", "TokenStorage"],
            path: "Benchmarks/Seed"),
        // What the bridge is measured beside.
        .executableTarget(
            name: "BenchmarkTrivial", dependencies: [hummingbird, logging], path: "Benchmarks/Trivial"),
        // What a service gets of the socket by the client library.
        .executableTarget(
            name: "BenchmarkClient", dependencies: ["AgentClient", "AgentProtocol"],
            path: "Benchmarks/Client"),
        // Real servers that tests start and stop themselves.
        .target(name: "RealServers", path: "Tests/RealServers"),
        // How long and from which seed tests of chance run.
        .target(name: "SeededRuns", path: "Tests/SeededRuns"),
        // A disk under SQLite that fails and loses power.
        .target(
            name: "CFaultyDisk", path: "Tests/CFaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .testTarget(name: "TokenCoreTests", dependencies: ["TokenCore"]),
        .testTarget(name: "AgentProtocolTests", dependencies: ["AgentProtocol"]),
        .testTarget(name: "AgentClientTests", dependencies: ["AgentClient"]),
        .testTarget(name: "TokenStorageTests", dependencies: ["TokenStorage", "TokenCore", grdb]),
        .testTarget(
            name: "LDAPDirectoryTests", dependencies: ["LDAPDirectory", "TokenCore", "RealServers", logging]),
        .testTarget(
            name: "AgentCoreTests",
            dependencies: [
                "AgentCore", "CFaultyDisk", "SeededRuns", "TokenCore", "TokenStorage", grdb, logging,
            ]),
        .testTarget(name: "AgentServerTests", dependencies: ["AgentServer", "AgentProtocol", nioCore]),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition", metrics]),
        .testTarget(
            name: "HTTPBridgeTests",
            dependencies: [
                "AgentClient", "AgentProtocol", "HTTPBridge", "RealServers", "tokenagent", httpTypes,
                hummingbird,
                lifecycle, logging, nioCore, nioEmbedded, nioHTTP, nioPosix,
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AgentClient", "AgentProtocol", "RealServers", "SeededRuns", "TokenCore", "TokenStorage",
                "tokenagent", nioCore,
            ]),
        .testTarget(name: "tokenagentTests", dependencies: ["TokenStorage", "tokenagent"]),
        .testTarget(name: "HouseTests", dependencies: ["RealServers"]),
    ]
)

// What hostile bytes are given to: a test over a corpus, or, for scripts/fuzz, libFuzzer's program.
let fuzzed: [Target.Dependency] = [
    "AgentCore", "AgentProtocol", "AgentServer", "LDAPDirectory", "TokenCore", "TokenStorage", "tokenagent",
    logging, nioCore,
]
if Context.environment["FUZZING"] == nil {
    package.targets.append(
        .testTarget(name: "FuzzTests", dependencies: fuzzed, exclude: ["Corpus", "Fuzzer.swift"]))
} else {
    // libFuzzer brings a main of its own, so the program without its main is a library there.
    package.products.removeAll { $0.name == "tokenagent" }
    package.targets = package.targets.map { target in
        guard target.name == "tokenagent" else { return target }
        return .target(
            name: target.name, dependencies: target.dependencies, exclude: ["Composition/Main.swift"])
    }
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: fuzzed, path: "Tests/FuzzTests",
            exclude: ["Corpus", "CorpusTests.swift"],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}

// One strictness for every room of our own; CI turns warnings into errors.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    guard !["CFaultyDisk", "CLinux"].contains(target.name) else { continue }
    var settings: [SwiftSetting] = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    if Context.environment["CI"] != nil { settings.append(.treatAllWarnings(as: .error)) }
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
