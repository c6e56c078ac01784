import Foundation
import Tenancy
import TestSupport
import Testing
import Values

@testable import Documents
@testable import Metadata

@Suite struct DocTypeJSONTests {
    @Test func `a file comes out as it went in, its keys in alphabetical order`() throws {
        for file in try MetaFixtures.all() {
            let written = try DocTypeDefinition(json: file).json
            #expect(written == file, "\(file["name"]?.string ?? "")")
            let keys = written.object?.members.map(\.key) ?? []
            #expect(keys == keys.sorted())
            for field in written["fields"]?.array ?? [] {
                let keys = field.object?.members.map(\.key) ?? []
                #expect(keys == keys.sorted())
            }
        }
    }

    @Test func `spellings that mean nothing come out as they went in`() throws {
        let file = try JSON.parse(
            #"""
            {"doctype": "DocType", "name": "Odd", "module": "X", "issingle": 0, "description": "", "title_field": null,
             "track_changes": "1", "search_fields": "a , b", "sort_order": "desc", "sort_field": "a",
             "autoname": "hash", "idx": 0, "permissions": [{"role": "All", "read": "1", "write": 0, "odd": 2}],
             "field_order": ["a", "b"],
             "fields": [
              {"fieldname": "a", "fieldtype": "Data", "label": "A", "reqd": 0, "length": "40", "precision": 2},
              {"fieldname": "b", "fieldtype": "Check", "default": 1, "hidden": false, "fetch_from": "nowhere"}]}
            """#)
        let definition = try DocTypeDefinition(json: file)
        #expect(definition.json == file)
        #expect(definition.info.search == ["a", "b"])
        #expect(definition.fields[0].length == 40)
        #expect(definition.fields[1].fallback == .value(.int(1)))
        #expect(definition.fields[1].label == "B")
        #expect(definition.fields[1].fetchFrom == nil)
    }

    @Test func `the fixtures use every field type, every property and every rule for names`() throws {
        let files = try MetaFixtures.all()
        let definitions = try files.map { try DocTypeDefinition(json: $0) }
        let fields = definitions.flatMap(\.fields)
        #expect(Set(fields.map(\.type)) == Set(FieldType.allCases))
        for (key, flag) in FieldDefinition.switches {
            #expect(fields.contains { $0.flags.contains(flag) }, "no field has \(key)")
        }
        let rows = files.flatMap { $0["fields"]?.array ?? [] }
        for key in FieldDefinition.keys {
            #expect(rows.contains { $0[key] != nil }, "no field says \(key)")
        }
        let rules = Set(definitions.map { String(describing: $0.info.naming).prefix { $0 != "(" } })
        #expect(
            rules == [
                "series", "field", "prompt", "hash", "expression", "format", "autoincrement", "uuid", "controller",
            ])
        #expect(
            Set(files.compactMap { $0["naming_rule"]?.string }) == [
                "Set by user", "Autoincrement", "By fieldname", "By \"Naming Series\" field", "Expression",
                "Expression (old style)", "Random", "UUID", "By script",
            ])
    }

    @Test func `the fixtures switch on all that a DocType can be`() throws {
        let said = Set(
            try MetaFixtures.all().flatMap { file in
                (file.object?.members ?? []).filter { $0.value != 0 && $0.value != "" }.map(\.key)
            })
        // `custom` says where a DocType was made, and only modules declare ledgers.
        #expect(Set(DocTypeInfo.keys).subtracting(said) == ["custom", "cauldron_kind"])
        let rights = try MetaFixtures.all().flatMap { try DocTypeDefinition(json: $0).info.permissions }
        #expect(Set(rights.flatMap(\.rights)) == Set(Right.allCases))
        #expect(rights.contains { $0.ifOwner })
        #expect(rights.contains { $0.permlevel > 0 })
    }

    @Test func `each file of the fixtures is read and is called as its DocType`() throws {
        let there = try FileManager.default.contentsOfDirectory(atPath: MetaFixtures.folder.path).sorted()
        #expect(there == MetaFixtures.files.map { "\($0).json" }.sorted())
        let names = try MetaFixtures.all().map { $0["name"]?.string?.lowercased() ?? "" }
        #expect(names.map { $0.replacing(" ", with: "_") } == MetaFixtures.files)
    }

    @Test func `field_order is the order of the form`() throws {
        let file = try JSON.parse(
            #"""
            {"doctype": "DocType", "name": "T", "module": "X", "field_order": ["c", "a"],
             "fields": [{"fieldname": "a", "fieldtype": "Data"}, {"fieldname": "b", "fieldtype": "Data"},
                        {"fieldname": "c", "fieldtype": "Data"}]}
            """#)
        #expect(try DocTypeDefinition(json: file).fields.map(\.name) == ["c", "a", "b"])
    }

    @Test func `a DocType declared in Swift is exported and read again as the same`() throws {
        var registry = Registry.core()
        registry.add(Part.self, JobPart.self, Job.self, Work.self, Shelf.self)
        for type in registry.doctypes {
            let exported = type.definition.json
            let again = try DocTypeDefinition(json: exported)
            #expect(again.json == exported, "\(type.name)")
            let made = again.made()
            #expect(made.fields.map(\.name) == type.fields.map(\.name), "\(type.name)")
            #expect(made.fields.map(\.type) == type.fields.map(\.type))
            #expect(made.fields.map(\.options) == type.fields.map(\.options))
            #expect(made.fields.map(\.fallback) == type.fields.map(\.fallback), "\(type.name)")
            for (one, two) in zip(made.fields, type.fields) where two.expression == nil {
                #expect(one.flags.subtracting(.unlabelled) == two.flags, "\(type.name).\(two.name)")
            }
            #expect(made.naming == type.naming || type.naming == .controller)
            #expect(made.kind == type.kind)
            #expect(made.tracksChanges == type.tracksChanges)
            #expect(
                made.switches.subtracting([.keepsUnknown, .untracked, .sealed])
                    == type.switches.subtracting([.keepsUnknown, .untracked, .sealed]))
            #expect(made.permissions.map(\.json) == type.permissions.map(\.json))
        }
    }
}
