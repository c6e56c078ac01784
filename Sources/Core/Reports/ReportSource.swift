internal import Documents
internal import Values

/// A field that something of a report is made of.
public struct ReportSource: Sendable, Hashable {
    /// The DocType that has the field.
    public let doctype: String
    /// The field's name.
    public let field: String
    /// The DocType of the documents through which the rows are read, where `doctype` is one of rows.
    public let parent: String?
    /// The column of the report that names the document the value is fetched from; nil for values that were not fetched
    /// from a document that a row names.
    public let namedBy: String?

    /// The field, wherever it is read.
    var place: FieldPlace { FieldPlace(doctype: doctype, field: field) }
}

/// The fields that a column, a filter or a figure of a report is made of: all of them, those it is computed from too.
///
/// Who sees one of them masked or not at all sees no more of what is made of it. So a running balance is made of debit,
/// credit and the date it runs by.
public struct ReportSources: Sendable, Hashable {
    private var isOwn = false
    private var fields: [ReportSource] = []

    /// The field of the report's DocType that is called as the column or filter is.
    public static let own: ReportSources = {
        var sources = ReportSources()
        sources.isOwn = true
        return sources
    }()

    /// No field: structure, and what is the same for everybody.
    public static let none = ReportSources()

    /// Fields of a DocType: of its rows in documents of `parent` where that is given; fetched from the document that the
    /// column `namedBy` names where that is.
    public static func of(
        _ doctype: String, _ fields: String..., through parent: String? = nil, namedBy column: String? = nil
    ) -> ReportSources {
        var sources = ReportSources()
        sources.fields = fields.map {
            ReportSource(doctype: doctype, field: $0, parent: parent, namedBy: column)
        }
        return sources
    }

    /// The fields of both.
    public static func + (l: ReportSources, r: ReportSources) -> ReportSources {
        var sources = l
        sources.isOwn = l.isOwn || r.isOwn
        sources.fields += r.fields
        return sources
    }

    /// The fields, for what is called `name` in a report on `doctype`.
    public func fields(named name: String, of doctype: String) -> [ReportSource] {
        (isOwn ? [ReportSource(doctype: doctype, field: name, parent: nil, namedBy: nil)] : []) + fields
    }
}

extension Session {
    /// What the actor sees of what is made of these fields: no more than of the one it sees least of. A field of a DocType
    /// that is not there is hidden from all who are asked for fields.
    func visibility(of sources: [ReportSource]) -> FieldVisibility {
        sources.map(visibility(of:)).max() ?? .open
    }

    /// Refuses unless the actor sees every one of these fields as it is.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` that names the first other one, or `field` where that is given.
    func requireOpen(_ sources: [ReportSource], for report: String, field: String? = nil) throws {
        guard let closed = sources.first(where: { visibility(of: $0) != .open }) else { return }
        let label = registry.find(closed.doctype)?.field(closed.field)?.label ?? closed.field
        var problem = Problem(
            .forbidden, "\(label) of \(closed.doctype) is not open to \(actor.user), and \(report) needs it",
            field: field ?? closed.field)
        problem.doctype = closed.doctype
        if field != nil { problem.remedy = "Leave this filter out." }
        throw problem
    }

    private func visibility(of source: ReportSource) -> FieldVisibility {
        let parent = source.parent.map { registry.find($0) }
        // The session asks nobody for what is not there.
        guard let type = registry.find(source.doctype), parent.map({ $0 != nil }) ?? true else {
            return actor.isAdministrator && actor.scopes == nil ? .open : .hidden
        }
        return visibility(of: source.field, in: type, through: parent ?? nil)
    }
}
