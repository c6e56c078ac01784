import Documents
import Foundation
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import cauldron

/// `cauldron setup`: a company from nothing.
@Suite struct SetupCommandTests {
    /// A directory that is not there yet, on one of the engines.
    private final class Place {
        let path = NSTemporaryDirectory() + "cauldron-setup-\(UUID().uuidString)"
        let words: [String]
        let address: TenantAddress

        init(onServer: Bool = false) throws {
            if onServer {
                let schema = try PostgresCluster.shared.get().newSchema()
                words = ["--data", path, "--database", schema]
                address = .postgres(schema)
            } else {
                words = ["--data", path]
                address = .directory(path)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func run(_ arguments: String..., input: String = "") async throws -> Ran {
            try await Binary.run(arguments + words, input: input)
        }
    }

    @Test(arguments: [false, true])
    func `a company is made where there was nothing, and its user can sign in`(onServer: Bool) async throws {
        let place = try Place(onServer: onServer)
        let ran = try await place.run(
            "setup", "--company", "Müller & Söhne", "--country", "germany", "--email", "ana@example.com", "--full-name",
            "Ana Müller", "--password", "--json", input: "geheim und lang\n")
        #expect(ran.status == 0, "\(ran.errors)")
        let answer = try ran.json
        #expect(answer["company"]?.string == "Müller & Söhne" && answer["abbr"] == "MS" && answer["currency"] == "EUR")
        #expect(answer["users"] == ["ana@example.com"])
        let tenant = try await Tenant.open(at: place.address, data: place.path, modules: allModules, name: "Setup")
        #expect(try await tenant.identity.verifyPassword("geheim und lang", of: "ana@example.com"))
        #expect(try await tenant.actor(named: "ana@example.com")?.roles.contains("Accounts Manager") == true)
        await tenant.close()
        let doctor = try await place.run("doctor")
        #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")
    }

    @Test func `a second company is set up beside the first, also while that is served`() async throws {
        let place = try Place()
        #expect(try await place.run("setup", "--company", "First", "--country", "US").status == 0)
        let served = try await Served(place.path)
        let second = try await place.run("setup", "--company", "Second", "--country", "CH", "--json")
        #expect(second.status == 0, "\(second.errors)")
        #expect(try second.json["currency"] == "CHF")
        let again = try await place.run("setup", "--company", "Second", "--country", "CH", "--json")
        #expect(again.status == 1)
        #expect(try again.errorJSON["error"]?["field"] == "company_name")
        #expect(served.runs)
        try await served.stop()
        #expect(try await place.run("doctor").status == 0)
    }

    @Test(arguments: [
        (["--company", "Acme"], "country"), (["--country", "DE"], "company_name"),
        (["--company", "Acme", "--country", "Atlantis"], "country"),
        (["--company", "Acme", "--country", "DE", "--currency", "XQX"], "currency"),
        (["--company", "Acme", "--country", "DE", "--chart", "./nowhere.json"], "chart"),
        (["--company", "Acme", "--country", "DE", "--chart", "SKR99"], "chart_of_accounts"),
        (
            [
                "--company", "A", "--country", "DE", "--fiscal-year-start", "2026-01-01", "--fiscal-year-end",
                "2027-01-31",
            ],
            "fy_end_date"
        ),
    ])
    func `what cannot be leaves no directory`(arguments: [String], field: String) async throws {
        let place = try Place()
        let ran = try await Binary.run(["setup", "--json"] + arguments + place.words)
        #expect(ran.status == 1)
        #expect(try ran.errorJSON["error"]?["field"]?.string == field, "\(ran.errors)")
        #expect(!FileManager.default.fileExists(atPath: place.path))
    }

    @Test func `all that is wrong is told, a line each`() async throws {
        let place = try Place()
        let wrong = ["setup", "--company", "A", "--country", "Atlantis", "--currency", "X", "--language", "Martian"]
        let ran = try await Binary.run(wrong + place.words)
        #expect(ran.status == 1)
        let lines = ran.errors.split(separator: "\n")
        #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("cauldron: There is no ") }, "\(ran.errors)")
        let json = try await Binary.run(wrong + ["--json"] + place.words).errorJSON
        #expect(json["problems"]?.array?.map { $0["field"]?.string } == ["country", "currency", "language"])
    }

    @Test func `a password that is too weak leaves no directory`() async throws {
        let place = try Place()
        let ran = try await place.run(
            "setup", "--company", "Acme", "--country", "DE", "--email", "a@b.example", "--password", input: "short\n")
        #expect(ran.status == 1 && ran.errors.contains("at least 8 characters"))
        #expect(!FileManager.default.fileExists(atPath: place.path))
        #expect(try await place.run("setup", "--company", "Acme", "--country", "DE", "--password").status == 64)
    }

    @Test func `the template of a country is shown and nothing is made`() async throws {
        let place = try Place()
        let ran = try await place.run("setup", "--country", "Austria", "--template", "--json")
        #expect(ran.status == 0)
        #expect(try ran.json["currency"] == "EUR")
        #expect(try ran.json["tax_rates"] == [20, 13, 10])
        #expect(
            try await place.run("setup", "--country", "AT", "--template").output.contains("tax rates: 20, 13, 10\n"))
        #expect(!FileManager.default.fileExists(atPath: place.path))
    }

    @Test func `a directory that another process makes a company in is refused`() async throws {
        let place = try Place()
        let lock = try DataDirectory(path: place.path).lock()
        let ran = try await place.run("setup", "--company", "Acme", "--country", "DE")
        #expect(ran.status == 3 && ran.errors.contains("is in use by process"))
        lock.release()
    }

    @Test func `a chart comes from a file`() async throws {
        let place = try Place()
        let file = place.path + ".json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let chart = """
            {"name": "Mine", "tree": {
             "Aktiva": {"root_type": "Asset", "Forderungen": {"account_type": "Receivable"}, "Bank": {"account_type": "Bank"},
                "Waren": {"account_type": "Stock"}},
             "Passiva": {"root_type": "Liability", "Verbindlichkeiten": {"account_type": "Payable"},
                "Wareneingang": {"account_type": "Stock Received But Not Billed"}},
             "Ertrag": {"root_type": "Income", "Erlöse": {"account_type": "Income Account"}},
             "Aufwand": {"root_type": "Expense", "Einsatz": {"account_type": "Cost of Goods Sold"},
                "Korrektur": {"account_type": "Stock Adjustment"}, "Rundung": {"account_type": "Round Off"}}}}
            """
        try Data(chart.utf8).write(to: URL(fileURLWithPath: file))
        let ran = try await place.run("setup", "--company", "Acme", "--country", "DE", "--chart", file, "--json")
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(try ran.json["made"]?["Account"] == 13)
    }

    // MARK: - The demo is left

    @Test func `the demo goes without a trace, and nothing else does`() async throws {
        let place = try Place()
        let copy = place.path + ".copy"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        _ = try await TenantBackup.write(of: SharedDemo.directory(), to: copy)
        _ = try await TenantBackup.restore(copy, into: place.path, at: Tenant.systemClock())
        let unmarked = try await place.run("demo", "--remove", "--json")
        #expect(
            try unmarked.errorJSON["error"]?["code"] == "company_exists",
            "without demo.json nothing says that it is the demo")
        try FileManager.default.copyItem(
            atPath: DemoAccess.path(in: try await SharedDemo.directory()), toPath: DemoAccess.path(in: place.path))
        let served = try await Served(place.path)
        #expect(try await place.run("demo", "--remove").status == 3, "while it is served")
        try await served.stop()
        try Data("mine".utf8).write(to: URL(fileURLWithPath: place.path + "/notes.txt"))
        let foreign = try await place.run("demo", "--remove")
        #expect(foreign.status == 1 && foreign.errors.contains("notes.txt"))
        #expect(DataDirectory(path: place.path).holdsCompany)
        try FileManager.default.removeItem(atPath: place.path + "/notes.txt")
        let ran = try await place.run("demo", "--remove")
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(!FileManager.default.fileExists(atPath: place.path))
        #expect(try await place.run("demo", "--remove").status == 3)
    }

    @Test func `a company of one's own is not the demo`() async throws {
        let place = try Place()
        #expect(try await place.run("setup", "--company", "Northwind Traders", "--country", "US").status == 0)
        #expect(try await place.run("demo", "--remove").status == 1)
        try Data(#"{"user": "x", "password": "x", "api_key": "x", "api_secret": "x"}"#.utf8)
            .write(to: URL(fileURLWithPath: DemoAccess.path(in: place.path)))
        #expect(try await place.run("setup", "--company", "Own", "--country", "DE").status == 0)
        #expect(try await place.run("demo", "--remove").status == 1, "another company is in it")
        #expect(DataDirectory(path: place.path).holdsCompany)
    }
}
