// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .strictMemorySafety(),
]

let package = Package(
    name: "cauldron",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: []
)

// MARK: - The house: layer, module, what it needs, in the order of the layers.

/// Declares a module at `Sources/<layer>/<name>` and, with `tests`, its tests at `Tests/<name>Tests`.
@MainActor func module(
    _ layer: String, _ name: String, _ needs: [Target.Dependency] = [], tests: [Target.Dependency]? = []
) {
    package.targets.append(
        .target(name: name, dependencies: needs, path: "Sources/\(layer)/\(name)", swiftSettings: settings))
    guard let tests else { return }
    package.targets.append(
        .testTarget(
            name: "\(name)Tests", dependencies: [.byName(name: name)] + needs + tests,
            path: "Tests/\(name)Tests", swiftSettings: settings))
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")

module("Data", "Values")
module("Data", "Storage", ["Values", grdb, sqlite])
module("Data", "EventLog", ["Values", "Storage"])
module("Governance", "Audit", ["Values", "Storage", crypto])
module("Core", "Documents", ["Values", "Storage", "EventLog", "Audit", crypto])
module("Core", "Reports", ["Values", "Storage", "Documents"])
