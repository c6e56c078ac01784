public import Values

/// A document of a DocType that is declared in Swift: its fields are properties, checked by the compiler.
///
/// A reference to the ``Document`` beneath; both see the same values. An access costs an array index.
@dynamicMemberLookup
public struct Doc<Schema: DocTypeSchema> {
    /// The document without its Swift type.
    public let document: Document

    /// Views `document`, which must be of this DocType.
    public init(_ document: Document) {
        precondition(
            document.doctype.name == Schema.doctype.name, "a \(document.doctype.name) is no \(Schema.doctype.name)")
        self.document = document
    }

    /// Views a row of a table, which holds no others.
    fileprivate init(row: Document) { document = row }

    /// The name of the document.
    public var name: String { document.name }
    /// Draft, submitted or cancelled.
    public var docstatus: Docstatus { document.docstatus }
    /// The place of a row in its table, from 1.
    public var idx: Int { document.idx }

    /// A field's value.
    public subscript<F: ValueField>(dynamicMember path: KeyPath<Schema, F>) -> F.Content {
        get { F.content(of: document.values[slot(path)]) }
        nonmutating set { document.values[slot(path)] = F.value(of: newValue) }
    }

    /// A value of a field that stands in a group the DocType shares with others.
    public subscript<F: ValueField>(path: KeyPath<Schema, F>) -> F.Content {
        get { F.content(of: document.values[slot(path)]) }
        nonmutating set { document.values[slot(path)] = F.value(of: newValue) }
    }

    /// The rows of a child table.
    public subscript<Row: DocTypeSchema>(dynamicMember path: KeyPath<Schema, Table<Row>>) -> [Doc<Row>] {
        get { document.rows[tableSlot(path)].map { Doc<Row>(row: $0) } }
        nonmutating set {
            let slot = tableSlot(path)
            document.rows[slot] = newValue.map(\.document)
            document.renumber(slot)
        }
    }

    private func slot<F>(_ path: KeyPath<Schema, F>) -> Int { document.doctype.memberSlots[place(path)] }
    private func tableSlot<F>(_ path: KeyPath<Schema, F>) -> Int { document.doctype.memberTables[place(path)] }

    /// Which stored property the path leads to: every one is a pointer wide, so its offset tells.
    private func place<F>(_ path: KeyPath<Schema, F>) -> Int {
        guard let offset = MemoryLayout<Schema>.offset(of: path) else {
            preconditionFailure("fields of \(Schema.doctype.name) must be stored properties")
        }
        return offset / MemoryLayout<DeclaredField>.size
    }
}

extension Sequence {
    /// The sum of a field over rows.
    public func sum<Schema: DocTypeSchema, F: ValueField>(_ path: KeyPath<Schema, F>) -> Exact
    where Element == Doc<Schema>, F.Content == Exact {
        var total = Exact.zero
        for row in self { total += row[path] }
        return total
    }
}
