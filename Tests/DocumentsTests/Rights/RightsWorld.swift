import Documents
import Storage
import TestSupport
import Values

/// A company made by dice: zones in a tree, clients, deals with rows, people with roles, User Permissions and shares.
///
/// It knows by itself, from what it made and by rules written down a second time, who may see what; the engine is compared
/// with that. Every value that is worth hiding is a text that stands nowhere else.
struct RightsWorld: Sendable {
    /// The rows of the DocTypes that have rights. Each role has one feature, so that people with any of them cover all.
    static let permissions = [
        .manage("Maker"), Permission("Reader", [.read, .write, .create, .select, .share, .report]),
        Permission("Own Reader", [.read, .write, .create], ifOwner: true), Permission("Selector", [.select]),
        Permission("Level Reader", [.read], permlevel: 1), Permission("Level Writer", [.read, .write], permlevel: 1),
        Permission("Unmasker", [.mask]), Permission("Extra Reader", [.read, .write], permlevel: 2),
        Permission("Own Level", [.read], ifOwner: true, permlevel: 1),
    ]
    static let roles = [
        "Reader", "Own Reader", "Selector", "Level Reader", "Level Writer", "Unmasker", "Extra Reader", "Own Level",
    ]
    static let noon = Timestamp("1996-07-04 12:00:00") ?? Timestamp(microseconds: 0)

    /// One thing that is there.
    struct Thing: Sendable {
        var name: String
        var doctype: String
        var owner: String
        /// The links that User Permissions limit, rows' included: the DocType, the value.
        var links: [(target: String, value: String)] = []
        /// Texts of the document: field, row table or nil, text.
        var marks: [(field: String, table: String?, text: String)] = []
        var zone = ""
        var client = ""
    }

    struct Person: Sendable {
        var name: String
        var roles: Set<String>
        var permissions: [(allow: String, value: String, place: String?, hidesBelow: Bool)] = []
        var shares: [(doctype: String, name: String)] = []
    }

    var zones: [String: String] = [:]
    var things: [Thing] = []
    var people: [Person] = []
    var isStrict = false

    // MARK: Dice

    init(seed: UInt64) {
        var dice = Dice(seed: seed)
        isStrict = dice.isOne(of: 4)
        let names = (0..<3).map { "p\($0)@example.com" }
        for index in 0..<6 {
            let name = "Z\(index)"
            zones[name] = index == 0 || dice.isOne(of: 5) ? "" : "Z\(dice.roll(0...(index - 1)))"
            things.append(
                Thing(
                    name: name, doctype: "Rights Zone", owner: dice.one(names),
                    marks: [("remark", nil, "mark-zone-\(name)-remark")]))
        }
        let zoneNames = zones.keys.sorted()
        for index in 0..<5 {
            var client = Thing(name: "C\(index)", doctype: "Rights Client", owner: dice.one(names))
            client.zone = dice.isOne(of: 4) ? "" : dice.one(zoneNames)
            client.links = [("Rights Zone", client.zone)]
            client.marks = ["title", "remark", "secret", "phone"].map { ($0, nil, "mark-client-C\(index)-\($0)") }
            things.append(client)
        }
        for index in 0..<10 { things.append(Self.deal(index, names, zoneNames, &dice)) }
        for name in names {
            var person = Person(name: name, roles: Set(Self.roles.filter { _ in dice.isOne(of: 3) }))
            if dice.isOne(of: 2) { person.roles.insert("Reader") }
            if !dice.isOne(of: 3) { limit(&person, zoneNames, &dice) }
            for thing in things where thing.doctype != "Rights Zone" && dice.isOne(of: 8) {
                person.shares.append((thing.doctype, thing.name))
            }
            people.append(person)
        }
        // Who may only select, and has one document of each kind shared with it; and who has nothing but shares.
        let shares = [("Rights Client", "C\(dice.roll(0...4))"), ("Rights Deal", "D\(dice.roll(0...9))")]
        people.append(Person(name: "selector@example.com", roles: ["Selector"], shares: shares))
        people.append(Person(name: "sharer@example.com", roles: [], shares: shares))
    }

    private static func deal(_ index: Int, _ names: [String], _ zones: [String], _ dice: inout Dice) -> Thing {
        var deal = Thing(name: "D\(index)", doctype: "Rights Deal", owner: dice.one(names))
        deal.zone = dice.isOne(of: 3) ? "" : dice.one(zones)
        deal.client = dice.isOne(of: 4) ? "" : "C\(dice.roll(0...4))"
        deal.links = [("Rights Zone", deal.zone), ("Rights Client", deal.client)]
        switch dice.roll(0...3) {
        case 0: deal.links.append(("Rights Zone", dice.one(zones)))
        case 1: deal.links.append(("Rights Client", "C\(dice.roll(0...4))"))
        default: deal.links.append(("", ""))
        }
        deal.marks = ["title", "remark", "secret", "phone"].map { ($0, nil, "mark-deal-D\(index)-\($0)") }
        for row in 0..<dice.roll(0...2) {
            deal.links.append(("Rights Zone", dice.isOne(of: 4) ? "" : dice.one(zones)))
            for field in ["item", "cost", "pin"] {
                deal.marks.append((field, "lines", "mark-line-D\(index)-\(row)-\(field)"))
            }
        }
        deal.marks.append(("item", "extras", "mark-extra-D\(index)-item"))
        return deal
    }

    private func limit(_ person: inout Person, _ zones: [String], _ dice: inout Dice) {
        for _ in 0..<dice.roll(1...3) {
            let place = dice.isOne(of: 4) ? "Rights Deal" : nil
            let permission: (String, String, String?, Bool)
            switch dice.roll(0...3) {
            case 0, 1: permission = ("Rights Zone", dice.one(zones), place, dice.isOne(of: 3))
            case 2: permission = ("Rights Client", "C\(dice.roll(0...4))", place, false)
            default: permission = ("Rights Deal", "D\(dice.roll(0...9))", place, false)
            }
            let isThere = person.permissions.contains {
                $0.allow == permission.0 && $0.value == permission.1 && $0.place == permission.2
            }
            if !isThere { person.permissions.append(permission) }
        }
    }
}

// MARK: - The rules a second time

extension RightsWorld {
    /// Whether a person may read a thing.
    func mayRead(_ person: Person, _ thing: Thing) -> Bool {
        let own = person.roles.contains("Own Reader")
        let all = person.roles.contains("Reader") || own && thing.doctype == "Rights Zone"
        if all, isPermitted(person, thing) { return true }
        if own, thing.doctype != "Rights Zone", thing.owner == person.name { return true }
        return person.shares.contains { $0.doctype == thing.doctype && $0.name == thing.name }
    }

    /// Whether a person may select a thing and read none of its kind.
    func maySelectOnly(_ person: Person, _ thing: Thing) -> Bool {
        guard person.roles.contains("Selector"), person.roles.isDisjoint(with: ["Reader", "Own Reader"]) else {
            return false
        }
        return isPermitted(person, thing)
    }

    private func isPermitted(_ person: Person, _ thing: Thing) -> Bool {
        func isAllowed(_ target: String, _ value: String) -> Bool {
            let rules = person.permissions.filter {
                $0.allow == target && ($0.place == nil || $0.place == thing.doctype)
            }
            if rules.isEmpty { return true }
            return rules.contains { rule in
                rule.value == value || target == "Rights Zone" && !rule.hidesBelow && isBelow(value, rule.value)
            }
        }
        guard isAllowed(thing.doctype, thing.name) else { return false }
        return thing.links.allSatisfy { link in
            if link.target.isEmpty || link.value.isEmpty && !isStrict { return true }
            return isAllowed(link.target, link.value)
        }
    }

    private func isBelow(_ zone: String, _ top: String) -> Bool {
        var node = zones[zone] ?? ""
        while !node.isEmpty {
            if node == top { return true }
            node = zones[node] ?? ""
        }
        return false
    }

    /// The texts a person may come to see anywhere.
    func visible(to person: Person) -> Set<String> {
        var seen: Set<String> = []
        for thing in things {
            if mayRead(person, thing) {
                let isOwn = thing.owner == person.name
                for mark in thing.marks where sees(person, mark, isOwn: isOwn) { seen.insert(mark.text) }
            } else if maySelectOnly(person, thing) {
                for mark in thing.marks where mark.field == "title" { seen.insert(mark.text) }
            }
        }
        return seen
    }

    private func sees(_ person: Person, _ mark: (field: String, table: String?, text: String), isOwn: Bool) -> Bool {
        if mark.table == "extras" { return person.roles.contains("Extra Reader") }
        switch mark.field {
        case "secret", "cost":
            return !person.roles.isDisjoint(with: ["Level Reader", "Level Writer"])
                || isOwn && person.roles.contains("Own Level")
        case "phone", "pin": return person.roles.contains("Unmasker")
        default: return true
        }
    }
}

// MARK: - In a database

extension RightsWorld {
    /// A company with all of it.
    func company() async throws -> TemporaryCompany {
        let company = try await TemporaryCompany(noon: Self.noon) { registry in
            registry.add(
                RightsZone.self, RightsClient.self, RightsLine.self, RightsExtra.self, RightsDeal.self)
        }
        let world = self
        try await company.write { try world.addPeople($0) }
        try await company.database.write { transaction in
            for thing in world.things {
                let session = company.session(as: Actor(user: thing.owner, roles: ["Maker"]), transaction)
                try world.add(thing, session)
                try session.finish()
            }
        }
        try await company.write { try world.limitPeople($0) }
        return company
    }

    /// The person as one who acts, as the company's database says.
    func actor(_ person: Person, _ company: TemporaryCompany) async throws -> Actor {
        let name = person.name
        let found = try await company.read { try User.actor(name, in: $0) }
        return found ?? .guest
    }

    private func addPeople(_ session: Session) throws {
        for role in Self.roles { try session.make("Role", ["role_name": .string(role)]) }
        for person in people {
            try session.make(
                "User",
                [
                    "email": .string(person.name), "first_name": "P",
                    "roles": .array(person.roles.sorted().map { ["role": .string($0)] }),
                ])
        }
    }

    private func add(_ thing: Thing, _ session: Session) throws {
        let document = try session.document(thing.doctype, from: ["__newname": .string(thing.name)])
        for mark in thing.marks where mark.table == nil { document.set(mark.field, mark.text) }
        switch thing.doctype {
        case "Rights Zone": document.set("parent_zone", zones[thing.name] ?? "")
        case "Rights Client": document.set("zone", thing.zone)
        default: try addLinks(of: thing, to: document, session)
        }
        try session.insert(document)
    }

    private func addLinks(of thing: Thing, to deal: Document, _ session: Session) throws {
        deal.set("zone", thing.zone)
        deal.set("other_zone", "Z0")
        deal.set("client", thing.client)
        deal.set("about_type", thing.links[2].target)
        deal.set("about", thing.links[2].value)
        let texts = thing.marks.filter { $0.table == "lines" }
        var rows: [Document] = []
        for (index, link) in thing.links.dropFirst(3).enumerated() {
            let row = try session.new("Rights Line")
            row.set("zone", link.value)
            for mark in texts[(index * 3)..<(index * 3 + 3)] { row.set(mark.field, mark.text) }
            rows.append(row)
        }
        deal.setTable("lines", rows)
        let extra = try session.new("Rights Extra")
        extra.set("item", thing.marks.last?.text ?? "")
        deal.setTable("extras", [extra])
    }

    private func limitPeople(_ session: Session) throws {
        if isStrict {
            try session.make("System Settings", ["__newname": "System Settings", "apply_strict_user_permissions": 1])
        }
        for person in people {
            for rule in person.permissions {
                var object: JSONObject = [
                    "user": .string(person.name), "allow": .string(rule.allow), "for_value": .string(rule.value),
                    "apply_to_all_doctypes": rule.place == nil ? 1 : 0, "hide_descendants": rule.hidesBelow ? 1 : 0,
                ]
                if let place = rule.place { object["applicable_for"] = .string(place) }
                try session.make("User Permission", object)
            }
            for share in person.shares {
                try session.make(
                    "DocShare",
                    [
                        "user": .string(person.name), "share_doctype": .string(share.doctype),
                        "share_name": .string(share.name), "read": 1,
                    ])
            }
        }
    }
}
