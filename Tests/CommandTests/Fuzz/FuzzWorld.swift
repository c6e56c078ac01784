import Collaboration
import Documents
import Foundation
import Reports
import Tenancy
import Values

@testable import Gateway

/// What there is to be tried: everything that is registered, and a document of each DocType that has one.
struct FuzzWorld: Sendable {
    /// A method that is called.
    struct Called: Sendable {
        let name: String
        let parameters: [String]
        let writes: Bool
        /// Whether `rehearse` only says what it would do.
        let isRehearsed: Bool
    }

    let registry: Registry
    let methods: [Called]
    let reports: [Report]
    /// The key of who may do everything.
    let key: String
    /// The address of a public file.
    let file: String
    /// Documents by DocType, as the server gives them.
    let documents: [String: JSONObject]

    init(key: String, file: String, documents: [String: JSONObject]) {
        registry = .of(Company.modules)
        let reports = Company.modules.flatMap(\.reports)
        self.reports = reports
        let table = MethodTable.described(
            registry, Dictionary(uniqueKeysWithValues: reports.map { ($0.name, $0) }))
        let own = table.map {
            Called(
                name: $0.name, parameters: $0.parameters.map(\.name), writes: $0.verbs == .changing,
                isRehearsed: $0.verbs == .changing && $0.isRehearsable)
        }
        let uploads = FileUpload.description.aliases.map {
            Called(
                name: $0, parameters: FileUpload.description.parameters.map(\.name), writes: true, isRehearsed: false)
        }
        methods = (own + uploads).sorted { $0.name < $1.name }
        self.key = key
        self.file = file
        self.documents = documents
    }

    /// What stands for an argument that is not tried just now, as JSON.
    func usual(_ argument: String) -> String? {
        Self.usual[argument]
    }

    private static let usual: [String: String] = [
        "doctype": "\"Customer\"", "dt": "\"Customer\"", "name": "\"Alfreds\"", "docname": "\"Alfreds\"",
        "dn": "\"Alfreds\"", "doc_name": "\"Alfreds\"", "reference_doctype": "\"Customer\"",
        "reference_name": "\"Alfreds\"", "old": "\"Alfreds\"", "old_name": "\"Alfreds\"", "new": "\"Alfons\"",
        "new_name": "\"Alfons\"", "company": "\"Acme\"", "user": "\"Administrator\"", "tag": "\"late\"",
        "tags": "\"late, good\"", "from_date": "\"2026-01-01\"", "to_date": "\"2026-12-31\"", "item_code": "\"Chai\"",
        "warehouse": "\"Stores - A\"", "assign_to": "[\"Administrator\"]",
        "docs": "[{\"doctype\": \"Customer\", \"name\": \"Alfreds\"}]",
        "doc": "{\"doctype\": \"Customer\", \"name\": \"Alfreds\"}", "fieldname": "\"customer_name\"",
        "field": "\"customer_name\"", "value": "\"Other\"", "party_type": "\"Customer\"", "party": "\"Alfreds\"",
        "account": "\"Cash - A\"", "date": "\"2026-06-01\"", "txt": "\"a\"", "text": "\"chai\"",
        "names": "[\"Alfreds\"]",
        "docnames": "[\"Alfreds\"]", "action": "\"save\"", "moment": "\"2026-06-01 12:00:00\"", "content": "\"Text\"",
        "comment_email": "\"a@example.com\"", "comment_by": "\"Ana\"", "right": "\"read\"", "perm_type": "\"read\"",
        "permission_to": "\"read\"", "report_name": "\"Trial Balance\"", "source_name": "\"ACC-SINV-2026-00001\"",
        "current": "7", "title": "\"Alfons\"", "status": "\"Open\"", "usr": "\"Administrator\"", "pwd": "\"wrong\"",
        "new_password": "\"correct horse\"", "old_password": "\"wrong\"", "scopes": "[{\"doctype\": \"*\"}]",
        "key": "\"none\"", "filename": "\"a.txt\"", "filedata": "\"text\"", "priority": "\"Low\"",
        "items": "[\"Alfreds\"]",
        "dt_": "\"Customer\"", "posting_date": "\"2026-06-01\"", "posting_time": "\"12:00\"",
        "fiscal_year": "\"2026\"", "periodicity": "\"Monthly\"", "filter_based_on": "\"Date Range\"",
        "period_start_date": "\"2026-01-01\"", "period_end_date": "\"2026-12-31\"",
    ]

    // MARK: Documents

    /// Whether clients write documents of the DocType.
    func isWritten(_ type: DocType) -> Bool { type.kind == .document }

    /// A document of the DocType to begin with: one there is, or one made up of what is required.
    func base(_ type: DocType) -> [(String, String)] {
        if let document = documents[type.name] { return members(of: document, type) }
        return made(type, depth: 0)
    }

    private func members(of document: JSONObject, _ type: DocType) -> [(String, String)] {
        let left: Set = [
            "name", "owner", "creation", "modified", "modified_by", "idx", "doctype", "parent", "parenttype",
            "parentfield",
            "amended_from",
        ]
        return document.members.compactMap { key, value in
            if left.contains(key) || value.isNull || value == "" || type.field(key)?.flags.contains(.unique) == true {
                return nil
            }
            guard let rows = value.array, let table = type.field(key), table.type.isTable,
                let child = registry.find(table.options ?? "")
            else { return (key, value.text) }
            let texts = rows.compactMap(\.object).map { Probe.object(members(of: $0, child)) }
            return (key, "[" + texts.joined(separator: ", ") + "]")
        }
    }

    private func made(_ type: DocType, depth: Int) -> [(String, String)] {
        type.fields.filter { $0.flags.contains(.required) && $0.fallback == nil }.map { field in
            (field.name, made(field, depth))
        }
    }

    private func made(_ field: FieldDefinition, _ depth: Int) -> String {
        switch field.type {
        case .link:
            let target = field.options ?? ""
            return documents[target]?["name"]?.text ?? (target == "DocType" ? "\"Customer\"" : "\"Acme\"")
        case .dynamicLink: return "\"Alfreds\""
        case .select: return JSON.string((field.options ?? "").split(separator: "\n").first.map(String.init) ?? "").text
        case _ where field.type.isTable:
            guard depth < 2, let child = registry.find(field.options ?? "") else { return "[]" }
            return "[" + Probe.object(made(child, depth: depth + 1)) + "]"
        default:
            switch field.type.column {
            case .integer, .decimal: return "1"
            case .day: return "\"2026-06-01\""
            case .timestamp: return "\"2026-06-01 12:00:00\""
            case .time: return "\"12:00:00\""
            default: return field.name.contains("type") ? "\"Customer\"" : "\"word\""
            }
        }
    }

    /// The members with one of them replaced.
    static func replacing(_ members: [(String, String)], _ name: String, _ json: String) -> [(String, String)] {
        members.filter { $0.0 != name } + [(name, json)]
    }

    /// The path of a DocType's documents.
    static func path(_ type: DocType, _ name: String? = nil) -> String {
        "/api/resource/" + Extreme.encode(type.name) + (name.map { "/" + Extreme.encode($0) } ?? "")
    }
}
