package import Expressions
internal import Values

/// What a condition or formula of a field sees: the document as `doc`, the document a row belongs to as `parent`, the moment
/// as `now`, and who acts.
struct DocumentScope: ExpressionScope {
    private let document: ExpressionValue
    private let parent: ExpressionValue
    private let now: ExpressionValue
    private let user: ExpressionValue
    private let session: Session

    fileprivate init(_ document: ExpressionValue, parent: ExpressionValue?, in session: Session) {
        self.document = document
        // In a form, what stands above a document that is no row is the document itself.
        self.parent = parent ?? document
        now = ExpressionValue(Values.Value.timestamp(session.now))
        user = .string(session.actor.user)
        self.session = session
    }

    func value(of variable: String, slot: Int) -> ExpressionValue? {
        switch variable {
        case "doc": document
        case "parent": parent
        case "now": now
        case "frappe.session.user": user
        default: nil
        }
    }

    func call(_ function: String, _ arguments: [ExpressionValue]) -> ExpressionValue? {
        switch (function, arguments.first) {
        case ("sum", .list(let list)):
            var sum = Exact.zero
            for index in 0..<list.count {
                guard let number = list[index].exact else { return nil }
                sum += number
            }
            return .decimal(sum)
        case ("frappe.user.has_role", .string(let role)): return .bool(session.actor.roles.contains(role))
        case ("frappe.user.has_role", .list(let list)):
            return .bool((0..<list.count).contains { list[$0].string.map(session.actor.roles.contains) ?? false })
        case ("frappe.utils.html2text", .string(let markup)):
            return .string(String(MarkupText.visible(markup[...], isMarkup: true)))
        case ("erpnext.stock.is_subcontracting_or_return_transfer", .map(let document)):
            let purpose = document["purpose"]?.string
            let isReturn = document["is_return"]?.exact.map { !$0.isZero } ?? false
            return .bool(purpose == "Send to Subcontractor" || purpose == "Material Transfer" && isReturn)
        case ("erpnext.is_perpetual_inventory_enabled", .string(let company)):
            return session.isSwitchedOn("enable_perpetual_inventory", of: "Company", company).map { .bool($0) } ?? .null
        case (_, .null?): return .null
        default: return nil
        }
    }
}

extension Session {
    /// Whether a check of another document is set; nil where there is no such document or field. Looked up once a session.
    fileprivate func isSwitchedOn(_ field: String, of doctype: String, _ name: String) -> Bool? {
        guard registry.find(doctype)?.slot(of: field) != nil else { return nil }
        // A failure of the database ends the transaction, and with it what asks for this.
        return (try? lookUp(doctype, name))??.isSet(field)
    }
}

/// What the conditions of one document see, made when the first of them asks. It does not follow later changes.
package final class RuleScope {
    private let document: Document
    private let parent: RuleScope?
    private let session: Session
    private lazy var view = ExpressionValue(DocumentView(document))
    /// What an expression is evaluated in.
    private(set) lazy var scope = DocumentScope(view, parent: parent?.view, in: session)

    /// The scope of a document, or of a row of the document whose scope is `parent`.
    package init(_ document: Document, in parent: RuleScope? = nil, _ session: Session) {
        self.document = document
        self.parent = parent
        self.session = session
    }
}

extension Session {
    /// What an expression gives that sees a document as `doc`, as forms and fields write it.
    ///
    /// - Throws: ``ExpressionProblem``.
    package func value(of expression: Expression, for document: Document) throws(ExpressionProblem) -> ExpressionValue {
        try expression.value(in: RuleScope(document, self).scope)
    }
}

/// A document as it stands, for expressions. No value of a number is zero, as it is once it is saved.
private final class DocumentView: ExpressionObject {
    private let doctype: DocType
    private let values: [Values.Value]
    /// The rows of each table, made once: an expression may mention a table often.
    private let rows: [ExpressionValue]
    private let isNew: Bool

    init(_ document: Document) {
        doctype = document.doctype
        values = document.values
        isNew = document.isNew
        rows = document.rows.map { ExpressionValue($0.map { ExpressionValue(DocumentView($0)) }) }
    }

    func value(of field: String) -> ExpressionValue? {
        if let slot = doctype.slot(of: field) {
            let field = doctype.columns[slot]
            if values[slot].isNull, field.type.isNumeric { return ExpressionValue(Value(.zero, for: field)) }
            // A formula must not bring a password to where it can be read.
            if field.type == .password { return ExpressionValue(values[slot].masked) }
            return ExpressionValue(values[slot])
        }
        if let table = doctype.tableSlot(of: field) {
            return rows[table]
        }
        switch field {
        case "doctype": return .string(doctype.name)
        case "__islocal", "__unsaved": return .int(isNew ? 1 : 0)
        default: return nil
        }
    }
}
