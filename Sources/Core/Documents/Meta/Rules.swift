internal import Values

/// Rules that documents of one DocType describe, such as rules for names: compiled once for a company, part of its registry,
/// and compiled anew by every server when such a document was written.
public protocol Rules: Sendable {
    /// The DocType whose documents describe them.
    static var source: String { get }
    /// Compiles what all such documents say, in the order in which they were made. What of it cannot be is left out and told
    /// to `note`.
    init(_ documents: [Document], note: (Problem) -> Void)
}

/// The rules of a company, each kind by its type.
package struct CompiledRules: Sendable {
    private var byKind: [ObjectIdentifier: any Rules] = [:]

    /// Of a company that made none.
    package init() {}

    subscript<Kind: Rules>(kind: Kind.Type) -> Kind? { byKind[ObjectIdentifier(kind)] as? Kind }

    /// Takes the compiled rules of a kind.
    package mutating func add<Kind: Rules>(_ rules: Kind) { byKind[ObjectIdentifier(Kind.self)] = rules }
}

/// The rules for names that a company made, by DocType, those of the highest priority first.
struct NamingRules: Rules {
    static let source = "Document Naming Rule"
    let byDocType: [String: [NamingRule]]

    init(_ documents: [Document], note: (Problem) -> Void) {
        var rules: [String: [NamingRule]] = [:]
        for document in documents where !document.isSet("disabled") {
            let rule = NamingRule(document)
            rules[rule.doctype, default: []].append(rule)
        }
        byDocType = rules.mapValues { rules in
            rules.sorted { $0.priority == $1.priority ? $0.name < $1.name : $0.priority > $1.priority }
        }
    }
}

/// Where the company is, as System Settings say.
struct ZoneRules: Rules {
    static let source = SystemSettings.doctype.name
    private static let field = "time_zone"
    let zone: CompanyZone

    init(_ documents: [Document], note: (Problem) -> Void) {
        zone = documents.first.flatMap { CompanyZone($0.text(Self.field)) } ?? .utc
    }

    /// Refuses a zone that is none.
    static func check(_ settings: Document) throws {
        let name = settings.text(field)
        guard name.isEmpty || CompanyZone(name) != nil else {
            throw Problem(
                .notAnOption, "There is no time zone \(name.prefix(60))", field: field,
                fix: "Send a name of the IANA database, such as Europe/Berlin.")
        }
    }
}

extension Registry {
    /// The time zone of the company.
    public var zone: CompanyZone { rules(ZoneRules.self)?.zone ?? .utc }
}
