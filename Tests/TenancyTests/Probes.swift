import Customization
import Documents
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// A company with a DocType of its own, documents of it, and what was changed of it.
enum Probes {
    static let permissions: JSON = [
        ["role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1]
    ]
    static let probeRow: JSONObject = [
        "doctype": "DocType", "name": "Probe Spot", "module": "Laboratory", "istable": 1,
        "fields": [["fieldname": "spot", "fieldtype": "Data"], ["fieldname": "depth", "fieldtype": "Int"]],
    ]
    static let probe: JSONObject = [
        "doctype": "DocType", "name": "Probe", "module": "Laboratory", "autoname": "field:code", "track_changes": 1,
        "title_field": "headline", "sort_field": "note", "search_fields": "code, note",
        "fields": [
            ["fieldname": "code", "fieldtype": "Data", "reqd": 1],
            ["fieldname": "note", "fieldtype": "Data", "search_index": 1],
            ["fieldname": "size", "fieldtype": "Int"],
            ["fieldname": "headline", "fieldtype": "Data", "options": "{code}: {note}"],
            ["fieldname": "spots", "fieldtype": "Table", "options": "Probe Spot", "depends_on": "note"],
        ],
        "permissions": permissions,
    ]

    static func moment(_ hour: Int) -> Timestamp {
        Timestamp("2026-03-02 00:00:00").map { Timestamp(microseconds: $0.microseconds + Int64(hour) * 3_600_000_000) }
            ?? .earliest
    }

    static func with(
        _ modules: [Module] = [], _ body: (Tenant, TemporaryPlace) async throws -> Void
    ) async throws {
        let place = try TemporaryPlace(kind: "Probes")
        let tenant = try await open(place, modules)
        try await body(tenant, place)
        try await expectSound(tenant, modules)
        await tenant.close()
    }

    static func open(_ place: TemporaryPlace, _ modules: [Module]) async throws -> Tenant {
        try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: modules, name: "acme")
    }

    static func expectSound(_ tenant: Tenant, _ modules: [Module]) async throws {
        for finding in try await Doctor(modules: modules, key: tenant.audit).run(on: tenant.database, at: tenant.now())
        where !finding.problems.isEmpty {
            Issue.record("\(finding.name): \(finding.problems.prefix(5))")
        }
    }

    /// Two probes with a history; a third was deleted.
    static func fill(_ tenant: Tenant) async throws {
        try await tenant.write(as: .administrator, at: moment(1)) { session in
            try session.changeMetadata {
                try session.saveMetadata("DocType", probeRow)
                try session.saveMetadata("DocType", probe)
            }
            for code in ["p1", "p2", "p3"] {
                try session.make(
                    "Probe",
                    ["code": .string(code), "note": "first", "size": 1, "spots": [["spot": "left", "depth": 3]]])
            }
        }
        try await tenant.write(as: .administrator, at: moment(2)) { session in
            let probe = try session.get("Probe", "p1")
            let row = try #require(probe.table("spots").first)
            try session.apply(
                ["note": "second", "spots": [["name": .string(row.name), "spot": "right", "depth": 3]]], to: probe)
            try session.save(probe)
            try session.delete("Probe", "p3")
            try session.make(
                "Property Setter",
                [
                    "doctype_or_field": "DocField", "doc_type": "Probe", "field_name": "note", "property": "label",
                    "value": "Remark",
                ])
            try session.make(
                "Custom Field", ["dt": "Probe", "label": "Bin", "fieldtype": "Data", "insert_after": "note"])
        }
    }
}
