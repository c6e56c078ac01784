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
    products: [.executable(name: "cauldron", targets: ["cauldron"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: []
)

// MARK: - The house: layer, module, what it needs, in the order of the layers.

/// What works on documents; all tests may use it.
let core: [Target.Dependency] = [
    "History", "Lists", "Customization", "Lookalikes", "Search", "Collaboration", "AutoRepeats", "Forms",
]

/// Declares a module at `Sources/<layer>/<name>` and, with `tests`, its tests at `Tests/<name>Tests`, which
/// read the files in `fixtures`. The files of its folder `data` are compiled in by C, which can embed a file, as a module of
/// the name `data`.
@MainActor func module(
    _ layer: String, _ name: String, _ needs: [Target.Dependency] = [], tests: [Target.Dependency]? = [],
    fixtures: [String] = [], data: (name: String, files: [String])? = nil
) {
    let path = "Sources/\(layer)/\(name)"
    if let data {
        package.targets.append(.target(name: data.name, path: "\(path)/data", exclude: data.files))
    }
    package.targets.append(
        .target(
            name: name, dependencies: needs + (data.map { [.byName(name: $0.name)] } ?? []), path: path,
            exclude: data == nil ? [] : ["data"], swiftSettings: settings))
    guard let tests else { return }
    package.targets.append(
        .testTarget(
            name: "\(name)Tests",
            dependencies: once([.byName(name: name), "TestSupport"] + core + needs + tests),
            path: "Tests/\(name)Tests", exclude: fixtures, swiftSettings: settings))
}

/// Each of the dependencies once, where several lists name it.
@MainActor func once(_ dependencies: [Target.Dependency]) -> [Target.Dependency] {
    var seen: Set<String> = []
    return dependencies.filter { seen.insert("\($0)").inserted }
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

module("Data", "Values")
module("Data", "Storage", ["Values", grdb, sqlite])
/// The library that talks to PostgreSQL servers.
package.targets.append(
    .systemLibrary(
        name: "CPostgres", path: "Sources/Data/Postgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]))
module("Data", "PostgresStorage", ["Values", "Storage", "CPostgres"], tests: nil)
module("Data", "EventLog", ["Values", "Storage"])
module("Data", "ObjectStorage", ["Values", crypto])
module("Data", "Pictures")
/// The library that reads and writes pictures. Only the program that makes them small is linked with it.
package.targets.append(
    .systemLibrary(name: "CGD", path: "Sources/Data/GD", providers: [.apt(["libgd-dev"])]))
/// Takes from a process what it may ask of the system, which Swift has no words for.
package.targets.append(.target(name: "Seclusion", path: "Sources/Data/Seclusion"))

/// Makes one picture small, in a process of its own.
package.targets.append(
    .executableTarget(
        name: "cauldron-thumbnail", dependencies: ["Pictures", "CGD", "Seclusion"], path: "Sources/Data/Thumbnailer",
        swiftSettings: settings))

module("Governance", "Expressions", ["Values"])
/// The passwords that people choose most, compiled in by C, which can embed a file.
package.targets.append(
    .target(
        name: "CommonPasswords", path: "Sources/Governance/CommonPasswords",
        exclude: ["LICENSE", "SOURCE.md", "common.txt"]))
module("Governance", "Identity", ["Values", "Storage", "EventLog", "CommonPasswords", crypto, cryptoExtras])
module("Governance", "Audit", ["Values", "Storage", crypto])
module("Core", "Metadata", ["Values", "Storage", "Expressions", "Audit"], tests: nil)
module(
    "Core", "Documents", ["Values", "Storage", "EventLog", "Expressions", "Audit", "Metadata", crypto],
    fixtures: ["Meta/Fixtures"])
module("Core", "History", ["Values", "Storage", "Audit", "Metadata", "Documents"], tests: nil)
module("Core", "Lists", ["Values", "Storage", "Metadata", "Documents", "History"], tests: nil)
module(
    "Core", "Customization", ["Values", "Storage", "Audit", "Metadata", "Documents", "Lists"], tests: nil)
module("Core", "Lookalikes", ["Values", "Storage", "Metadata", "Documents"], tests: nil)
module("Core", "Search", ["Values", "Storage", "Metadata", "Documents", "Lists"], tests: nil)
module("Core", "Collaboration", ["Values", "Storage", "Pictures", "Metadata", "Documents"], tests: nil)
module("Core", "AutoRepeats", ["Values", "Storage", "Metadata", "Documents"], tests: nil)
module(
    "Core", "Forms", ["Values", "Storage", "Audit", "Metadata", "Documents", "Lists", "Collaboration"], tests: nil)
module("Core", "Reports", ["Values", "Storage", "Documents"])
module(
    "Integration", "Jobs", ["Values", "Storage", "EventLog", "Metadata", "Documents", "Lists"],
    tests: ["Tenancy", "Identity"])
module(
    "Integration", "Automations", ["Values", "Storage", "Expressions", "Metadata", "Documents", "Jobs", crypto],
    tests: ["Tenancy", "Identity", "WebClient", hummingbird, httpTypes, nio])
module(
    "Integration", "WebClient",
    ["Identity", "Metadata", "Documents", "Automations", httpClient, nio, nioPosix, nioHTTP],
    tests: nil)
module(
    "Modules", "Accounting", ["Values", "Storage", "Documents", "Reports"],
    data: ("AccountingData", ["LICENSE.unicode", "SOURCE.md", "currencies.json", "standard.json"]))
module("Modules", "Stock", ["Values", "Storage", "Documents", "Reports", "Accounting"])
module("Modules", "Selling", ["Values", "Storage", "Documents", "Reports", "Accounting", "Stock"])
module("Modules", "Buying", ["Values", "Storage", "Documents", "Reports", "Accounting", "Stock", "Selling"])
module(
    "Modules", "SetupWizard", ["Values", "Storage", "Documents", "Reports", "Accounting"],
    tests: ["Stock", "Selling", "Buying"],
    data: (
        "SetupData",
        ["LICENSE.unicode", "SOURCE.md", "countries.json", "languages.json", "records.json", "taxes.json"]
    ))
module(
    "Server", "Tenancy",
    [
        "Values", "Storage", "PostgresStorage", "EventLog", "ObjectStorage", "Identity", "Audit", "Metadata",
        "Documents", "History", "Lists", "Customization", "Lookalikes", "Search", "Collaboration", "AutoRepeats",
        "Forms", "Reports", "Jobs", "Automations",
    ])
module(
    "Server", "Gateway",
    [
        "Values", "Storage", "EventLog", "ObjectStorage", "Pictures", "Identity", "Metadata", "Documents", "History",
        "Lists", "Customization", "Search", "Collaboration", "Forms", "Reports", "Tenancy",
        hummingbird, logging, httpTypes, nio, nioHTTP, lifecycle,
    ], tests: ["cauldron-thumbnail"])

/// What the tests of many modules need; no product has it.
package.targets.append(
    .target(
        name: "TestSupport",
        dependencies: [
            "Values", "Storage", "PostgresStorage", "EventLog", "Audit", "Metadata", "Documents", "History", "Lists",
            "Customization", "Lookalikes", "Search", "Collaboration", "AutoRepeats", "Forms", "Reports", "Jobs",
            "Automations", "Tenancy",
            "CGD",
        ],
        path: "Tests/Support", swiftSettings: settings))

let house: [Target.Dependency] = [
    "Values", "Storage", "PostgresStorage", "EventLog", "ObjectStorage", "Expressions", "Identity", "Audit",
    "Metadata", "Documents", "History", "Lists", "Customization", "Lookalikes", "Search", "Collaboration",
    "AutoRepeats",
    "Forms", "Reports", "Jobs", "Automations", "WebClient",
    "Accounting", "Stock", "Selling", "Buying", "SetupWizard", "Tenancy", "Gateway",
]

/// The sample company's data, compiled in by C, which can embed a file.
let northwind = "Sources/cauldron/Demo/northwind"
package.targets.append(
    .target(
        name: "Northwind", path: northwind,
        exclude: [
            "LICENSE", "SOURCE.md", "categories.csv", "customers.csv", "employees.csv", "order_details.csv",
            "orders.csv", "products.csv", "shippers.csv", "suppliers.csv",
        ]))
package.targets.append(
    .executableTarget(
        name: "cauldron", dependencies: house + ["Northwind", arguments, logging, hummingbird, lifecycle, signals],
        path: "Sources/cauldron", exclude: ["Demo/northwind"], swiftSettings: settings))

// MARK: - Tests of the whole.

/// Tests the built command as its users run it.
package.targets.append(
    .testTarget(
        name: "CommandTests",
        dependencies: ["cauldron", "cauldron-thumbnail", "TestSupport", hummingbird, httpTypes, nio] + house,
        path: "Tests/CommandTests",
        swiftSettings: settings))

/// Tests the repository itself.
package.targets.append(.testTarget(name: "TidyTests", path: "Tests/TidyTests", swiftSettings: settings))
