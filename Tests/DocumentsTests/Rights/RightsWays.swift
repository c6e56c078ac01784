import Collaboration
import Documents
import Forms
import History
import Lists
import Search
import Storage
import TestSupport
import Values

/// Every way to read that a session has, each as a function from a world to all that it tells. What a guess confirms
/// counts as told, and so does what an error says.
///
/// A new way to read belongs in ``all``; those of HTTP stand in `Tests/GatewayTests/RightsWaysTests.swift`.
enum RightsWays {
    typealias Way = @Sendable (Session, RightsWorld) throws -> [String]

    static let all: [(name: String, tell: Way)] = [
        ("document", documents), ("list of all fields", allFields), ("list of each field", eachField),
        ("rows through their document", rows), ("join over a link", joins), ("join to rows", joinedRows),
        ("filter as a guess", filters), ("count as a guess", counts), ("order", orders),
        ("group and aggregate", groups),
        ("version", versions), ("rehearsal", rehearsals), ("copy of what is proposed", presentedNew),
        ("explanation", explanations), ("as of a moment", pasts), ("nested rows", nested),
        ("every method that is registered", methods), ("distinct rows", distinct), ("search as a guess", searches),
        ("file", files),
    ]

    private static let doctypes = ["Rights Zone", "Rights Client", "Rights Deal"]
    private static let fields = ["title", "remark", "secret", "phone", "client.secret", "client.phone", "lines.cost"]

    /// What `body` gives, or what its error says.
    private static func said(_ body: () throws -> [String]) -> [String] {
        do {
            return try body()
        } catch let problem as Problem {
            return [problem.message, problem.fix ?? ""]
        } catch {
            return ["\(error)"]
        }
    }

    private static func rows(_ query: ListQuery, _ session: Session) -> [String] {
        said { try session.list(query).rows.map { $0.map(\.description).joined(separator: "|") } }
    }

    private static func all(_ doctype: String, _ fields: [JSON]) -> ListQuery {
        ListQuery(doctype, fields: fields, orderBy: "name asc", limit: 0)
    }

    @Sendable private static func documents(_ session: Session, _ world: RightsWorld) -> [String] {
        world.things.flatMap { thing in
            said { [session.present(try session.get(thing.doctype, thing.name)).text] }
        }
    }

    @Sendable private static func allFields(_ session: Session, _ world: RightsWorld) -> [String] {
        doctypes.flatMap { rows(all($0, ["*"]), session) }
    }

    @Sendable private static func eachField(_ session: Session, _ world: RightsWorld) -> [String] {
        doctypes.flatMap { doctype in
            fields.flatMap { rows(all(doctype, ["name", .string($0)]), session) }
        }
    }

    @Sendable private static func rows(_ session: Session, _ world: RightsWorld) -> [String] {
        var told: [String] = []
        for (child, fields) in [("Rights Line", ["item", "cost", "pin", "*"]), ("Rights Extra", ["item", "*"])] {
            for field in fields {
                var query = all(child, ["name", .string(field)])
                query.parent = "Rights Deal"
                told += rows(query, session)
                query.parent = nil
                told += rows(query, session)
            }
        }
        for thing in world.things where thing.doctype == "Rights Deal" {
            // Rows by their own names, which somebody may have from elsewhere.
            let names =
                (try? session.transaction.query(
                    "SELECT name FROM rights_line WHERE parent = ?", [.text(thing.name)], [.text])) ?? []
            for name in names {
                told += said { [session.present(try session.get("Rights Line", name[0].text ?? "")).text] }
            }
        }
        return told
    }

    @Sendable private static func joins(_ session: Session, _ world: RightsWorld) -> [String] {
        ["client.title", "client.remark", "client.secret", "client.phone", "zone.remark"].flatMap {
            rows(all("Rights Deal", ["name", .string("\($0) as joined")]), session)
        }
    }

    @Sendable private static func joinedRows(_ session: Session, _ world: RightsWorld) -> [String] {
        ["lines.item", "lines.cost", "lines.pin", "extras.item"].flatMap {
            rows(all("Rights Deal", ["name", .string("\($0) as joined")]), session)
        }
    }

    /// Each text as a guess: it is told when a row answers.
    private static func guesses(
        _ world: RightsWorld, _ confirm: (_ doctype: String, _ filter: JSON) throws -> Bool
    ) -> [String] {
        var told: [String] = []
        for thing in world.things {
            for mark in thing.marks {
                var filters: [(String, JSON)] = []
                if mark.table == nil {
                    filters.append((thing.doctype, [[.string(mark.field), "=", .string(mark.text)]]))
                    filters.append((thing.doctype, [[.string(mark.field), "like", .string(mark.text + "%")]]))
                    if thing.doctype == "Rights Client" {
                        filters.append(("Rights Deal", [[.string("client.\(mark.field)"), "=", .string(mark.text)]]))
                    }
                } else {
                    let child = mark.table == "lines" ? "Rights Line" : "Rights Extra"
                    filters.append(
                        (thing.doctype, [[.string(child), .string(mark.field), "=", .string(mark.text)]]))
                }
                for (doctype, filter) in filters where (try? confirm(doctype, filter)) == true {
                    told.append(mark.text)
                }
            }
        }
        return told
    }

    @Sendable private static func filters(_ session: Session, _ world: RightsWorld) -> [String] {
        guesses(world) { doctype, filter in
            try !session.list(ListQuery(doctype, filters: filter, limit: 1)).rows.isEmpty
        }
    }

    @Sendable private static func counts(_ session: Session, _ world: RightsWorld) -> [String] {
        guesses(world) { doctype, filter in
            var query = ListQuery(doctype)
            query.filters = nil
            query.orFilters = filter
            return try session.count(query) > 0
        }
    }

    /// Two documents that change places when the order is turned tell which of their texts is greater. Texts that stand
    /// as null do not move, and those that may be seen do not matter.
    @Sendable private static func orders(_ session: Session, _ world: RightsWorld) -> [String] {
        let person = world.people.first { $0.name == session.actor.user }
        let visible = person.map { world.visible(to: $0) } ?? []
        return doctypes.flatMap { doctype in
            ["secret", "phone", "lines.cost", "lines.pin", "client.secret", "client.phone", "extras.item"].flatMap {
                field in
                let orders = ["asc", "desc"].map { direction in
                    let query = ListQuery(doctype, orderBy: "\(field) \(direction), name asc", limit: 0)
                    return ((try? session.list(query).rows) ?? []).compactMap { $0[0].text }
                }
                let hidden = orders[0].compactMap { name in
                    world.text(of: name, doctype, field).flatMap { visible.contains($0) ? nil : (name: name, text: $0) }
                }
                let turned = orders[1].filter { name in hidden.contains { $0.name == name } }
                return hidden.map(\.name) == turned ? [] : hidden.map(\.text)
            }
        }
    }

    @Sendable private static func groups(_ session: Session, _ world: RightsWorld) -> [String] {
        doctypes.flatMap { doctype in
            fields.flatMap { field -> [String] in
                var told: [String] = []
                for function in ["MAX", "MIN"] {
                    told += rows(ListQuery(doctype, fields: [[function: .string(field), "as": "most"]]), session)
                }
                var query = ListQuery(doctype, fields: [.string(field), ["COUNT": "*", "as": "n"]])
                query.groupBy = field
                return told + rows(query, session)
            }
        }
    }

    /// Versions, seen by somebody who may read them as well.
    @Sendable private static func versions(_ session: Session, _ world: RightsWorld) -> [String] {
        let managing = Actor(
            user: session.actor.user, roles: session.actor.roles.union(["System Manager"]),
            restrictions: session.actor.restrictions, sharedTypes: session.actor.sharedTypes)
        let manager = Session(
            actor: managing, now: session.now, registry: session.registry, transaction: session.transaction
        ) { "" }
        let names = manager.privileged {
            (try? manager.list(all("Version", ["name"])).rows.compactMap { $0[0].text }) ?? []
        }
        return names.flatMap { name in said { [manager.present(try manager.get("Version", name)).text] } }
            + rows(all("Version", ["name", "data"]), manager) + rows(all("Version", ["*"]), manager)
    }

    @Sendable private static func rehearsals(_ session: Session, _ world: RightsWorld) -> [String] {
        world.things.flatMap { thing in
            said {
                let changes = try session.rehearse { session in
                    let document = try session.get(thing.doctype, thing.name)
                    try session.apply(["remark": "tried", "secret": "tried", "phone": "tried"], to: document)
                    try session.save(document)
                }
                return [changes.shown.text]
            }
        }
    }

    @Sendable private static func presentedNew(_ session: Session, _ world: RightsWorld) -> [String] {
        world.things.flatMap { thing in
            said {
                let document = try session.get(thing.doctype, thing.name)
                try session.apply(["remark": "changed"], to: document)
                return [session.present(document).text]
            }
        }
    }

    /// What was before the world changed.
    @Sendable private static func pasts(_ session: Session, _ world: RightsWorld) -> [String] {
        let told = world.things.flatMap { thing in
            said { [session.present(try session.get(thing.doctype, thing.name, asOf: RightsWorld.noon)).text] }
        }
        return told
            + doctypes.flatMap { doctype in
                (["*"] + fields).flatMap { field in
                    var query = all(doctype, ["name", .string(field)])
                    query.asOf = RightsWorld.noon
                    return rows(query, session)
                }
            }
    }

    @Sendable private static func nested(_ session: Session, _ world: RightsWorld) -> [String] {
        [["*"], ["item", "cost"], ["item", "pin"], ["item"]].flatMap { (columns: [JSON]) -> [String] in
            ["lines", "extras"].flatMap { table in
                said {
                    let query = all("Rights Deal", ["name", .object([table: .array(columns)])])
                    return [try session.list(query).json(dictionaries: true).text]
                }
            }
        }
    }

    /// Calls every method with every argument that some method takes, and takes back what it did.
    @Sendable private static func methods(_ session: Session, _ world: RightsWorld) -> [String] {
        struct TakenBack: Error {}
        let told = session.registry.methods.values.sorted { $0.name < $1.name }
            .filter { !$0.name.hasPrefix("cauldron.meta.") }
            .flatMap { method in
                world.things.filter { ["C1", "D1", "D4"].contains($0.name) }.flatMap { thing in
                    said {
                        var answer = ""
                        do {
                            try session.savepoint {
                                answer = try method.run(Arguments(arguments(thing)), session).text
                                throw TakenBack()
                            }
                        } catch is TakenBack {}
                        return [answer]
                    }
                }
            }
        return told
    }

    private static func arguments(_ thing: RightsWorld.Thing) -> JSONObject {
        let (doctype, name) = (JSON.string(thing.doctype), JSON.string(thing.name))
        var object: JSONObject = [
            "txt": "mark", "text": "mark-deal", "search": "mark", "tag": "tag", "tags": ["tag"], "content": "content",
            "moment": .string(RightsWorld.noon.description), "user": "p1@example.com", "assign_to": ["p1@example.com"],
            "limit": 100, "fields": ["*"], "action": "delete", "permission_to": "read", "reason": "because",
            "seconds": 60,
            "docs": [["doctype": doctype, "name": name]], "names": [name], "docnames": [name], "docname": name,
            "doc": ["doctype": doctype, "name": name],
        ]
        for key in ["doctype", "dt", "document_type", "reference_doctype", "doctype_name", "ref_doctype"] {
            object[key] = doctype
        }
        for key in ["name", "dn", "doc_name", "reference_name", "source_name", "reference_docname"] {
            object[key] = name
        }
        return object
    }

    @Sendable private static func distinct(_ session: Session, _ world: RightsWorld) -> [String] {
        doctypes.flatMap { doctype in
            (fields + ["lines.item", "lines.pin"]).flatMap { field in
                var query = ListQuery(doctype, fields: [.string(field)], limit: 0)
                query.distinct = true
                return rows(query, session)
            }
        }
    }

    /// Each text as a phrase, and as one that is excluded from a search which finds its document.
    @Sendable private static func searches(_ session: Session, _ world: RightsWorld) -> [String] {
        var told: [String] = []
        for thing in world.things {
            for mark in thing.marks {
                let phrase = "\"\(mark.text)\""
                let hits = (try? session.search(phrase, doctypes: [thing.doctype])) ?? []
                if hits.contains(where: { $0.name == thing.name }) { told.append(mark.text) }
                told += hits.map { $0.title + $0.snippet }
                let all = (try? session.search(thing.name, doctypes: [thing.doctype])) ?? []
                let rest = (try? session.search("\(thing.name) -\(phrase)", doctypes: [thing.doctype])) ?? []
                if all.count > rest.count { told.append(mark.text) }
            }
        }
        return told
    }

    /// The names of files that are attached to each field of each document, through the document and by their address.
    @Sendable private static func files(_ session: Session, _ world: RightsWorld) -> [String] {
        world.things.flatMap { thing in
            thing.marks.filter { $0.table == nil }.flatMap { mark -> [String] in
                said {
                    var told = try session.attachments(thing.doctype, thing.name).map(\.text)
                    // What is not served is told of by the address that was asked for.
                    if let file = try? session.storedFile(at: "/private/files/\(mark.text)") {
                        told.append(file.fileName)
                    }
                    return told
                }
            }
        }
    }

    /// Attaches to each field of each document a file that is called like what the field holds.
    static func attachFiles(_ session: Session, _ world: RightsWorld) throws {
        for thing in world.things where thing.doctype != "Rights Zone" {
            for mark in thing.marks where mark.table == nil {
                let file = try session.document(
                    "File",
                    from: [
                        "file_name": .string(mark.text), "file_url": "https://example.com/x", "is_private": 1,
                        "attached_to_doctype": .string(thing.doctype), "attached_to_name": .string(thing.name),
                        "attached_to_field": .string(mark.field),
                    ])
                try session.insert(file)
                try session.transaction.execute(
                    "UPDATE file SET file_url = ?, content_hash = ? WHERE name = ?",
                    [.text("/private/files/\(mark.text)"), .text(String(repeating: "a", count: 64)), .text(file.name)])
            }
        }
    }

    @Sendable private static func explanations(_ session: Session, _ world: RightsWorld) -> [String] {
        world.things.flatMap { thing in
            said { [try session.explain(.write, thing.doctype, thing.name).json.text] }
        }
    }
}

extension RightsWorld {
    /// The first text a document has in a field, one of its rows' or one of its client's.
    fileprivate func text(of name: String, _ doctype: String, _ field: String) -> String? {
        guard let thing = things.first(where: { $0.doctype == doctype && $0.name == name }) else { return nil }
        let parts = field.split(separator: ".").map(String.init)
        guard parts.count == 2 else { return thing.marks.first { $0.table == nil && $0.field == field }?.text }
        if parts[0] == "client" { return text(of: thing.client, "Rights Client", parts[1]) }
        return thing.marks.first { $0.table == parts[0] && $0.field == parts[1] }?.text
    }
}
