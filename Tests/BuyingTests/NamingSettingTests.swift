import Documents
import TestSupport
import Testing
import Values

/// Masters that a company calls by a series, where a setting says so.
@Suite(.bothEngines) struct NamingSettingTests {
    struct Master: Sendable {
        let doctype: String
        let title: String
        let setting: (doctype: String, field: String)
        let series: String
        var rest: JSONObject = [:]
        /// Whether the field that names it may be left out.
        var isCode = false

        func object(_ name: String?, _ more: JSONObject = [:]) -> JSONObject {
            var object = rest
            if let name { object[title] = .string(name) }
            for (key, value) in more { object[key] = value }
            return object
        }
    }

    static let masters = [
        Master(
            doctype: "Customer", title: "customer_name", setting: ("Selling Settings", "cust_master_name"),
            series: "CUST-"),
        Master(
            doctype: "Supplier", title: "supplier_name", setting: ("Buying Settings", "supp_master_name"),
            series: "SUP-"),
        Master(
            doctype: "Item", title: "item_code", setting: ("Stock Settings", "item_naming_by"), series: "STO-ITEM-",
            rest: ["item_group": "Goods", "stock_uom": "Nos"], isCode: true),
    ]

    private static func choose(_ option: String, _ master: Master, _ trading: Trading) async throws {
        try await trading.on("1996-02-01") { session in
            let settings = try session.get(master.setting.doctype, master.setting.doctype)
            settings.set(master.setting.field, option)
            try session.save(settings)
        }
    }

    @Test(arguments: masters)
    func `a master is called by the series that its setting chooses, one of its own when it says so`(
        master: Master
    ) async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01") { session throws in
            #expect(try session.make(master.doctype, master.object("First")).name == "First")
        }
        try await Self.choose("Naming Series", master, trading)
        try await trading.on("1996-02-02") { session in
            let counted = try session.make(master.doctype, master.object(master.isCode ? nil : "Second"))
            #expect(counted.name == "\(master.series)1996-00001")
            if master.isCode { #expect(counted.text(master.title) == counted.name) }
            try session.make(
                "Property Setter",
                [
                    "doctype_or_field": "DocField", "doc_type": .string(master.doctype), "field_name": "naming_series",
                    "property": "options", "value": .string("\n\(master.series).YYYY.-\nOWN-.##"),
                ])
        }
        try await trading.on("1996-02-03") { session in
            let own = try session.make(
                master.doctype, master.object(master.isCode ? nil : "Third", ["naming_series": "OWN-.##"]))
            #expect(own.name == "OWN-01")
            let unknown = #expect(throws: Problem.self) {
                try session.make(
                    master.doctype, master.object(master.isCode ? nil : "Fourth", ["naming_series": "NO-.##"]))
            }
            #expect(unknown?.kind == .notAnOption && unknown?.field == "naming_series")
            // What a file brings keeps its name.
            let brought = try session.document(master.doctype, from: master.object(master.isCode ? nil : "Fifth"))
            brought.importedName = "10042"
            try session.insert([brought])
            #expect(brought.name == "10042")
        }
    }

    @Test(arguments: masters) func `with every other option a master is called as its DocType says`(
        master: Master
    ) async throws {
        let trading = try await Trading()
        let options = try await trading.read { session in
            try session.registry.doctype(master.setting.doctype).field(master.setting.field)?.options ?? ""
        }
        let others = options.split(separator: "\n").map(String.init).filter { $0 != "Naming Series" }
        #expect(!others.isEmpty)
        for (number, option) in others.enumerated() {
            try await Self.choose(option, master, trading)
            try await trading.on("1996-02-02") { session throws in
                #expect(try session.make(master.doctype, master.object("Named \(number)")).name == "Named \(number)")
            }
        }
    }

    @Test func `an item that is given a code keeps it beside the series`() async throws {
        let trading = try await Trading()
        try await Self.choose("Naming Series", Self.masters[2], trading)
        try await trading.on("1996-02-02") { session throws in
            #expect(try session.make("Item", Self.masters[2].object("BOLT-8")).name == "BOLT-8")
        }
    }
}
