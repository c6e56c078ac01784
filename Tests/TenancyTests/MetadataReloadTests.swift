import Documents
import Lists
import Tenancy
import TestSupport
import Testing
import Values

/// DocTypes that are changed while a company runs, seen by its own process and by another one.
@Suite(.bothEngines) struct MetadataReloadTests {
    private static func open(_ place: TemporaryPlace) async throws -> Tenant {
        try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: [], name: "acme")
    }

    private static func withTwo(_ body: (Tenant, Tenant) async throws -> Void) async throws {
        let place = try TemporaryPlace(kind: "MetadataReloadTests")
        let one = try await open(place)
        let two = try await open(place)
        try await body(one, two)
        await one.close()
        await two.close()
    }

    private static let gauge: JSONObject = [
        "doctype": "DocType", "name": "Gauge", "module": "Laboratory", "autoname": "field:code",
        "fields": [
            ["fieldname": "code", "fieldtype": "Data", "reqd": 1], ["fieldname": "note", "fieldtype": "Data"],
        ],
        "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1]],
    ]

    @Test func `a DocType is there at once, for another process at its next write, and after a restart`() async throws {
        try await Self.withTwo { one, two in
            try await one.write(as: .administrator) { _ = try $0.make("DocType", Self.gauge) }
            #expect(one.registry.find("Gauge") != nil)
            try await one.write(as: .administrator) { _ = try $0.make("Gauge", ["code": "g1"]) }
            #expect(two.registry.find("Gauge") == nil)
            try await two.write(as: .administrator) { _ = try $0.make("Gauge", ["code": "g2"]) }
            #expect(two.registry.find("Gauge") != nil)
            let names = try await two.read(as: .administrator) { session in
                try session.list(ListQuery("Gauge", orderBy: "name")).rows.map { $0[0].description }
            }
            #expect(names == ["g1", "g2"])
        }
    }

    @Test func `a refused or rehearsed change is not seen by anybody`() async throws {
        try await Self.withTwo { one, two in
            let found = await problem {
                try await one.write(as: .administrator) { session in
                    _ = try session.make("DocType", Self.gauge)
                    throw Problem(.refused, "no")
                }
            }
            #expect(found?.kind == .refused)
            _ = try await one.write(as: .administrator) { session in
                try session.rehearse { _ = try $0.make("DocType", Self.gauge) }
            }
            try await two.write(as: .administrator) { session throws in
                #expect(session.registry.find("Gauge") == nil)
            }
            #expect(one.registry.find("Gauge") == nil)
        }
    }

    @Test func `a process reads on when another took a column away`() async throws {
        try await Self.withTwo { one, two in
            try await one.write(as: .administrator) { session in
                _ = try session.make("DocType", Self.gauge)
                _ = try session.make("Gauge", ["code": "g1", "note": "n"])
            }
            try await two.write(as: .administrator) { session throws in
                #expect(try session.get("Gauge", "g1").text("note") == "n")
            }
            try await one.write(as: .administrator) { session in
                var less = Self.gauge
                less["fields"] = [["fieldname": "code", "fieldtype": "Data", "reqd": 1]]
                let docs = JSON.object(less)
                _ = try session.call("cauldron.meta.apply", ["docs": docs, "allow": ["drop column gauge.note"]])
            }
            let shown = try await two.read(as: .administrator) { try $0.get("Gauge", "g1").json }
            #expect(shown["code"] == "g1")
            #expect(shown["note"] == nil)
        }
    }

    @Test func `the doctor finds nothing wrong in what a company made and changed`() async throws {
        let place = try TemporaryPlace(kind: "MetadataReloadTests")
        let tenant = try await Self.open(place)
        try await tenant.write(as: .administrator) { session in
            _ = try session.make("DocType", Self.gauge)
            _ = try session.make("Gauge", ["code": "g1", "note": "12"])
            _ = try session.make("Custom Field", ["dt": "Role", "label": "Level", "fieldtype": "Int"])
            let docs: JSON = .object(Self.gauge)
            var changed = docs.object ?? [:]
            changed["fields"] = [
                ["fieldname": "code", "fieldtype": "Data", "reqd": 1], ["fieldname": "note", "fieldtype": "Int"],
            ]
            _ = try session.call("cauldron.meta.apply", ["docs": .object(changed), "allow": []])
        }
        let findings = try await Doctor(modules: [], key: tenant.audit).run(on: tenant.database, at: tenant.now())
        for finding in findings where !finding.problems.isEmpty {
            Issue.record("\(finding.name): \(finding.problems.prefix(5))")
        }
        await tenant.close()
    }
}
