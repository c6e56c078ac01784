public import Documents
public import Values

/// What holds of every DocType, shipped or loaded, tried on one registry: it can be listed, read, described and exported, and
/// where no business rule stands against made-up values, its documents are inserted, read back, changed, listed, taken
/// through JSON and deleted.
public struct GenericDocTypes {
    private let session: Session
    private let examples: [String: Example]
    private var number = 0
    private var made: [String: String] = [:]

    init(_ session: Session, examples: [String: Example]) {
        self.session = session
        self.examples = examples
    }

    /// What is sent for a document of a DocType whose rules made-up values do not meet.
    public struct Example: Sendable {
        let changed: String?
        let values: @Sendable (Session) throws -> JSONObject

        /// `values` are sent, and then the field `changed` becomes another text, unless it is nil.
        public init(changing changed: String?, values: @escaping @Sendable (Session) throws -> JSONObject) {
            self.changed = changed
            self.values = values
        }
    }

    /// What came of one DocType.
    public enum Outcome: Sendable {
        /// A document of it went all the way.
        case passed
        /// It has no documents of its own, or nobody writes them: it was described, listed and exported.
        case looked
        /// A rule of the DocType refused made-up values.
        case refused(Problem)
        /// What does not hold.
        case failed(String)
    }

    /// Tries every DocType of a company, each in a transaction of its own that is taken back.
    public static func outcomes(
        of company: some TestCompany, examples: [String: Example] = [:]
    ) async throws -> [(doctype: String, outcome: Outcome)] {
        var outcomes: [(doctype: String, outcome: Outcome)] = []
        for name in company.registry.doctypes.map(\.name) {
            do {
                try await company.write { session in
                    var generic = GenericDocTypes(session, examples: examples)
                    throw TakenBack(outcome: try generic.run(try session.registry.doctype(name)))
                }
            } catch let taken as TakenBack {
                outcomes.append((name, taken.outcome))
            } catch let problem as Problem {
                outcomes.append((name, .refused(problem)))
            } catch {
                outcomes.append((name, .failed("\(error)")))
            }
        }
        return outcomes
    }

    private struct TakenBack: Error { let outcome: Outcome }
    private struct Failure: Error { let text: String }

    private mutating func run(_ type: DocType) throws -> Outcome {
        do {
            do {
                try look(at: type)
            } catch let problem as Problem {
                return .failed("it cannot be looked at: \(problem.message)")
            }
            guard type.kind == .document, !type.isVirtual, session.registry.isInTable(type), !isMetadata(type) else {
                return .looked
            }
            try live(type)
            return .passed
        } catch let failure as Failure {
            return .failed(failure.text)
        }
    }

    /// Documents of these change the registry itself and have tests of their own.
    private func isMetadata(_ type: DocType) -> Bool {
        ["Custom Field", "Property Setter", "Custom DocPerm", "Document Naming Rule"].contains(type.name)
    }

    private func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        if !condition { throw Failure(text: text()) }
    }

    // MARK: What needs no document

    private func look(at type: DocType) throws {
        let exported = type.definition.json
        let again = try DocTypeDefinition(json: exported)
        try expect(again.json == exported, "its JSON is another one when it is read and written again")
        try expect(exported["fields"]?.array?.count == type.fields.count, "its JSON lacks fields")
        try expect(!type.permissions.isEmpty || type.kind == .child, "nobody may read it")
        for field in type.fields where field.type == .link || field.type.isTable {
            let target = session.registry.find(field.options ?? "")
            try expect(target != nil, "\(field.name) names \(field.options ?? ""), which there is not")
            if field.type.isTable { try expect(target?.kind == .child, "\(field.name) has rows that are no rows") }
        }
        for field in type.fields {
            if let (link, source) = field.fetchFrom {
                let target = type.field(link).flatMap { session.registry.find($0.options ?? "") }
                try expect(target?.slot(of: source) != nil, "\(field.name) is fetched from nowhere: \(link).\(source)")
            }
        }
        var query = ListQuery(type.name, fields: ["*"], limit: 5)
        if type.kind == .child {
            guard let parent = session.registry.parents(of: type.name).first else { return }
            query.parent = parent.name
        }
        let list = try session.list(query)
        let shown = Set(list.columns.map(\.name))
        for field in type.storedColumns where field.type != .password {
            try expect(shown.contains(field.name), "the list does not show \(field.name)")
        }
        _ = try session.count(query)
    }

    // MARK: The life of a document

    private mutating func live(_ type: DocType) throws {
        let sent = try examples[type.name].map { try $0.values(session) } ?? object(for: type, depth: 0)
        let document = try session.document(type.name, from: sent)
        try session.insert(document)
        let name = document.name
        try expect(!name.isEmpty, "it has no name")
        try expectSame(document, try session.get(type.name, name), "after insert")
        try expectKept(sent, try session.get(type.name, name))
        try change(type, name)
        let query = ListQuery(type.name, fields: ["name", "modified"], filters: ["name": .string(name)])
        try expect(try session.list(query).rows.count == 1, "the list does not find it")
        try expect(try session.count(query) == 1, "the count does not find it")
        let exported = try session.get(type.name, name)
        if exported.docstatus == .submitted { try session.cancel(exported) }
        try session.delete(type.name, name)
        try expect(try session.find(type.name, name) == nil || type.isSingle, "it is still there")
        guard exported.docstatus == .draft, case .object(let json) = exported.json else { return }
        let back = try session.document(type.name, from: json)
        try session.insert(back)
        if case .prompt = type.naming { try expect(back.name == name, "its name did not come back") }
        for field in type.fields where field.type.column != nil && !isOwnBusiness(field) {
            let (was, now) = (exported[field.name], back[field.name])
            try expect(was == now || was.isEmpty && now.isEmpty, "\(field.name) was \(was) and came back as \(now)")
        }
    }

    /// Fields that the server fills by itself.
    private func isOwnBusiness(_ field: FieldDefinition) -> Bool {
        let flags = field.flags
        return flags.contains(.readOnly) || flags.contains(.virtual) || field.fetchFrom != nil || field.formula != nil
            || field.type == .password || field.expression != nil || field.readOnlyDependsOn != nil
    }

    private func expectSame(_ one: Document, _ two: Document, _ when: String) throws {
        func compare(_ one: Document, _ two: Document) throws {
            for field in one.doctype.storedColumns where !one[field.name].isEmpty || !two[field.name].isEmpty {
                try expect(
                    one[field.name] == two[field.name],
                    "\(when): \(field.name) is \(one[field.name]) and was read as \(two[field.name])")
            }
            for (field, _) in one.doctype.tables {
                let (rows, read) = (one.table(field.name), two.table(field.name))
                try expect(rows.count == read.count, "\(when): \(field.name) has \(read.count) rows of \(rows.count)")
                for (row, other) in zip(rows, read) { try compare(row, other) }
            }
        }
        try compare(one, two)
    }

    /// Of a DocType made in the company nothing changes what was sent.
    private func expectKept(_ sent: JSONObject, _ document: Document) throws {
        guard document.doctype.isCustom else { return }
        for (key, json) in sent.members {
            guard let field = document.doctype.field(key), field.type.column != nil, !isOwnBusiness(field) else {
                continue
            }
            let value = try field.value(of: json)
            try expect(document[key] == value, "\(key) was sent as \(value) and is \(document[key])")
        }
    }

    private func change(_ type: DocType, _ name: String) throws {
        if let example = examples[type.name] {
            if let changed = example.changed { try change(type, name, changed) }
            return
        }
        let open = type.fields.first { field in
            [.data, .smallText, .text, .longText].contains(field.type) && !isOwnBusiness(field) && field.options == nil
                && !field.flags.contains(.setOnlyOnce) && !field.flags.contains(.unique)
                && type.naming != .field(field.name)
        }
        if let open { try change(type, name, open.name) }
    }

    private func change(_ type: DocType, _ name: String, _ field: String) throws {
        let document = try session.get(type.name, name)
        guard document.docstatus == .draft else { return }
        try session.apply([field: "Changed"], to: document)
        try session.save(document)
        try expectSame(document, try session.get(type.name, document.name), "after save")
    }

    // MARK: Made-up values

    private mutating func object(for type: DocType, depth: Int) throws -> JSONObject {
        var object: JSONObject = [:]
        if type.naming == .prompt { object["__newname"] = .string("Document \(next())") }
        for field in type.fields where !isOwnBusiness(field) && field.name != "naming_series" {
            if field.type.isTable {
                let child = try session.registry.doctype(field.options ?? "")
                if depth == 0 { object[field.name] = [.object(try self.object(for: child, depth: depth + 1))] }
            } else if field.type == .dynamicLink {
                object[field.name] = nil
            } else if let value = try value(of: field, in: type, depth: depth) {
                object[field.name] = value
            }
        }
        for field in type.fields where field.type == .dynamicLink && !isOwnBusiness(field) {
            guard let selector = type.field(field.options ?? "") else { continue }
            let choices =
                selector.type == .select ? selector.options?.split(separator: "\n").map(String.init) ?? [] : ["Role"]
            guard let target = choices.first(where: { session.registry.find($0)?.kind == .document }),
                let name = try document(of: target, depth: depth)
            else {
                object[selector.name] = nil
                continue
            }
            object[selector.name] = .string(target)
            object[field.name] = .string(name)
        }
        return object
    }

    private mutating func next() -> Int {
        number += 1
        return number
    }

    /// The name of a document to link to, made where there is none.
    private mutating func document(of doctype: String, depth: Int) throws -> String? {
        if let name = made[doctype] { return name }
        if doctype == "DocType" { return "Role" }
        guard let type = session.registry.find(doctype), type.kind == .document, !type.isVirtual else { return nil }
        let row = try session.list(ListQuery(doctype, limit: 1)).rows.first
        if let name = row?[0].text { return name }
        guard depth < 4 else { return nil }
        // While it is being made nothing links to it.
        made[doctype] = ""
        let document = try session.document(doctype, from: try object(for: type, depth: depth + 1))
        try session.insert(document)
        made[doctype] = document.name
        return document.name
    }

    private mutating func value(of field: FieldDefinition, in type: DocType, depth: Int) throws -> JSON? {
        switch field.type {
        case .link:
            let isNeeded = field.flags.contains(.required) || depth == 0
            guard isNeeded, field.options != type.name, let name = try document(of: field.options ?? "", depth: depth),
                !name.isEmpty
            else { return nil }
            return .string(name)
        case .data:
            switch field.options {
            case "Email": return .string("user\(next())@example.com")
            case "URL": return "https://example.com/page"
            case "Phone": return "+43 1 234567"
            case "IBAN": return "DE89370400440532013000"
            case "Name": return "Ana Maria"
            default: return .string("Text \(next())")
            }
        case .select:
            return field.options?.split(separator: "\n").first.map { .string(String($0)) }
        case .check: return 1
        case .int, .longInt: return 3
        case .currency: return .decimal(Exact("12.5") ?? .zero)
        case .float, .percent: return .decimal(Exact("1.25") ?? .zero)
        case .rating: return .decimal(Exact("0.6") ?? .zero)
        case .duration: return 90
        case .date: return "2026-02-03"
        case .datetime: return "2026-02-03 04:05:06"
        case .time: return "09:30:00"
        case .color: return "#29cd42"
        case .phone: return "+43 1 234567"
        case .json: return "{\"a\":1}"
        case .geolocation: return "{\"type\":\"Point\",\"coordinates\":[16,48]}"
        case .textEditor, .htmlEditor: return "<p>Text</p>"
        case .code where field.options == "JSON": return "{}"
        case .attach, .attachImage, .signature, .image, .barcode, .icon: return nil
        default: return field.type.column == .text ? .string("Text \(next())") : nil
        }
    }
}
