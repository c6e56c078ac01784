import Documents
import Lists
import Storage
import TestSupport
import Values

/// A region, in a tree.
struct QueryRegion: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Query Region", module: "Query", naming: .prompt, title: "label", search: ["label"],
        tree: "parent_query_region",
        permissions: [.manage("Manager"), .read("Reader"), Permission("Selector", [.select])])
    let label = Data()
    let parentQueryRegion = Link("Query Region")
    init() {}
}

struct QueryClient: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Query Client", module: "Query", naming: .prompt, title: "title", search: ["title", "city"],
        permissions: [
            .manage("Manager"), .read("Reader"), Permission("Selector", [.select]),
            Permission("Owner", [.read, .create, .write], ifOwner: true),
            Permission("Manager", [.read, .write], permlevel: 1),
        ])
    let title = Data()
    let city = Data()
    let region = Link(QueryRegion.self)
    let disabled = Check()
    let notes = SmallText()
    let secret = SmallText(.level(1))
    let phone = Data(.masked)
    init() {}
}

struct QueryLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Query Line", module: "Query", kind: .child)
    let item = Data()
    let client = Link(QueryClient.self)
    let qty = IntField()
    let cost = Data(.level(1))
    init() {}
}

struct QueryOrder: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Query Order", module: "Query", naming: .prompt, title: "subject",
        permissions: [
            .manage("Manager"), .read("Reader"), Permission("Manager", [.read, .write], permlevel: 1),
            Permission("Manager", [.read, .write], permlevel: 2),
        ])
    let subject = Data()
    let client = Link(QueryClient.self)
    let aboutType = Data()
    let about = DynamicLink("about_type")
    let amount = CurrencyField()
    let day = DateField()
    let moment = DatetimeField()
    let lines = Table(QueryLine.self)
    let extras = Table(QueryLine.self, .level(2))
    init() {}
}

/// A year as the accounts name it.
struct QueryYear: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Fiscal Year", module: "Query", naming: .prompt, permissions: [.manage("Manager")])
    let yearStartDate = DateField()
    let yearEndDate = DateField()
    init() {}
}

/// A company with a few clients and orders.
struct QueryWorld: TestCompany {
    let company: TemporaryCompany
    static let manager = Actor(user: "mia@example.com", roles: ["Manager"])
    static let reader = Actor(user: "rex@example.com", roles: ["Reader"])
    static let selector = Actor(user: "sel@example.com", roles: ["Selector"])
    static let owner = Actor(user: "own@example.com", roles: ["Owner"])
    static let noon = Timestamp("1996-07-04 12:00:00") ?? Timestamp(microseconds: 0)

    init() async throws {
        company = try await TemporaryCompany(actor: Self.manager, noon: Self.noon) { registry in
            registry.add(
                QueryRegion.self, QueryClient.self, QueryLine.self, QueryOrder.self, QueryYear.self)
        }
    }

    /// The same with documents.
    static func filled() async throws -> QueryWorld {
        let world = try await QueryWorld()
        try await world.write { session in
            try session.add("Query Region", named: "World", [:])
            try session.add("Query Region", named: "North", ["label": "Cold", "parent_query_region": "World"])
            try session.add("Query Region", named: "South", ["label": "Warm", "parent_query_region": "World"])
            try session.add(
                "Query Client", named: "c1",
                ["title": "Bólido Comidas", "city": "Madrid", "region": "South", "phone": "111", "secret": "hazelnut"])
            try session.add(
                "Query Client", named: "c2",
                ["title": "Ana Trujillo", "city": "México D.F.", "region": "North", "notes": "likes <b>tea</b>"])
            try session.add("Query Client", named: "c3", ["title": "Old client", "disabled": 1])
            try session.add(
                "Query Order", named: "o1",
                [
                    "subject": "first", "client": "c1", "about_type": "Query Client", "about": "c2", "amount": 10,
                    "day": "1996-07-01", "moment": "1996-07-04 08:00:00",
                    "lines": [["item": "a", "qty": 1, "client": "c2", "cost": "x"], ["item": "b", "qty": 5]],
                    "extras": [["item": "z", "qty": 9]],
                ])
            try session.add(
                "Query Order", named: "o2",
                [
                    "subject": "second", "client": "c2", "amount": "2.5", "day": "1996-04-02",
                    "moment": "1996-07-04 23:59:59.5", "lines": [["item": "a", "qty": 7]],
                ])
            try session.add("Query Order", named: "o3", ["subject": "third", "amount": -4, "day": "1995-12-31"])
            try session.add(
                "Fiscal Year", named: "95", ["year_start_date": "1995-04-01", "year_end_date": "1996-03-31"])
            try session.add(
                "Fiscal Year", named: "96", ["year_start_date": "1996-04-01", "year_end_date": "1997-03-31"])
        }
        return world
    }

    /// The rows of a list as text, by spaces and commas.
    func rows(as actor: Actor? = nil, _ query: ListQuery) async throws -> String {
        try await read(as: actor) { session in
            try session.list(query).rows.map { $0.map(\.description).joined(separator: ",") }.joined(separator: " ")
        }
    }
}

extension Session {
    func add(_ doctype: String, named name: String, _ values: JSONObject) throws {
        var values = values
        values["__newname"] = .string(name)
        let document = try document(doctype, from: values)
        try insert(document)
    }
}
