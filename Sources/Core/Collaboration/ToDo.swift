internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Something somebody has to do, mostly with a document: an assignment.
struct ToDo: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "ToDo", module: "Desk", naming: .hash, .untracked, title: "description", search: ["description"],
        sort: ("creation", true),
        permissions: [
            .manage("System Manager"),
            Permission("All", [.read, .select, .report, .create, .write, .delete], ifOwner: true),
        ], indexes: [["reference_type", "reference_name"], ["allocated_to", "status"]],
        summary: "Something somebody has to do.")

    let status = Select(["Open", "Closed", "Cancelled"], .fallback("Open"), .inListView, .inStandardFilter)
    let priority = Select(["High", "Medium", "Low"], .fallback("Medium"), .inListView, .inStandardFilter)
    let color = Data(.kind(.color))
    let date = DateField(.inListView)
    let allocatedTo = Link(User.self, .ignoringRights, .setOnlyOnce, .inStandardFilter)
    let description = SmallText(.kind(.textEditor), .required, .inListView)
    let referenceType = Data(.inStandardFilter)
    let referenceName = DynamicLink("reference_type", .linksToCancelled)
    let role = Link(Role.self)
    let assignedBy = Link(User.self, .ignoringRights)
    let assignedByFullName = Data(.readOnly)
    let assignmentRule = Data(.readOnly)
    init() {}

    static func validate(_ todo: Doc<Self>, in session: Session) throws {
        let reference = todo.reference
        try session.keepReference(of: todo.document, "reference_type", "reference_name")
        try keepAssigner(todo, in: session)
        if todo.document.isNew {
            try session.requireReference(.write, reference)
            // The system acts under names that are no user's.
            let user = session.actor.user
            if todo.assignedBy.isEmpty, try session.exists("User", user) { todo.assignedBy = user }
            todo.assignedByFullName = try session.fullNames(of: [todo.assignedBy])[todo.assignedBy] ?? ""
        }
        guard todo.document.isNew, let reference, todo.status == "Open", !todo.allocatedTo.isEmpty else { return }
        let marks = try DocumentMarks.marks(reference.doctype, reference.name, in: session)
        guard !marks.assigned.contains(todo.allocatedTo) else {
            throw Problem(
                .duplicate, "\(reference.doctype) \(reference.name) is assigned to \(todo.allocatedTo) already",
                field: "allocated_to")
        }
    }

    /// Nobody assigns in the name of another, or learns by trying what others are called.
    private static func keepAssigner(_ todo: Doc<Self>, in session: Session) throws {
        let user = todo.assignedBy
        guard !user.isEmpty, todo.document.storedValue("assigned_by").text != user,
            user != session.actor.user, !session.asksNoRoles
        else { return }
        throw Problem(
            .forbidden, "What \(session.actor.user) assigns is assigned by \(session.actor.user)", field: "assigned_by",
            fix: "Leave assigned_by out.")
    }

    static func onUpdate(_ todo: Doc<Self>, in session: Session) throws {
        guard let reference = todo.reference, !todo.allocatedTo.isEmpty else { return }
        let (isOpen, user) = (todo.status == "Open", todo.allocatedTo)
        try DocumentMarks.change(reference.doctype, reference.name, in: session) { marks in
            marks.assigned.removeAll { $0 == user }
            if isOpen { marks.assigned.append(user) }
        }
    }

    static func onRestore(_ todo: Doc<Self>, in session: Session) throws { try onUpdate(todo, in: session) }

    static func onTrash(_ todo: Doc<Self>, in session: Session) throws {
        guard let reference = todo.reference else { return }
        let user = todo.allocatedTo
        try DocumentMarks.change(reference.doctype, reference.name, in: session) { marks in
            marks.assigned.removeAll { $0 == user }
        }
    }
}

extension Doc<ToDo> {
    fileprivate var reference: Reference? { Reference(document, "reference_type", "reference_name") }
}
