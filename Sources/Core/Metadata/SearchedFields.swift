internal import Values

/// Which fields of a DocType's documents the search finds, by who may see them.
package struct SearchedFields: Sendable {
    /// The title, if not the name alone.
    package let title: Int?
    /// The other fields, by the level of rights they need.
    package let groups: [Group]
    /// The names of all of them.
    package let names: Set<String>

    /// Fields that the same people see.
    package struct Group: Sendable {
        /// Twice the permission level, and one more for masked fields. The name and the title are found with level 0.
        package let level: Int
        /// The slots of the fields, in their order.
        package let slots: [Int]
    }

    init(columns: [FieldDefinition], title titleField: String?, search: [String]) {
        func level(_ field: FieldDefinition) -> Int { field.permlevel * 2 + (field.flags.contains(.masked) ? 1 : 0) }
        var levels: [Int: [Int]] = [:]
        var title: Int?
        for (slot, field) in columns.enumerated() where slot > 0 && field.expression == nil {
            guard field.type.column == .text, field.type != .password, field.type != .json, field.type != .code,
                !field.flags.contains(.virtual)
            else { continue }
            if field.name == titleField, level(field) == 0 {
                title = slot
                continue
            }
            let isLong: Bool =
                switch field.type {
                case .smallText, .text, .longText, .textEditor, .htmlEditor, .markdownEditor: true
                default: false
                }
            guard
                isLong || field.flags.contains(.inGlobalSearch) || search.contains(field.name)
                    || field.name == titleField
            else { continue }
            levels[level(field), default: []].append(slot)
        }
        self.title = title
        groups = ([0] + levels.keys.filter { $0 != 0 }.sorted()).map { Group(level: $0, slots: levels[$0] ?? []) }
        names = Set((groups.flatMap(\.slots) + [title].compactMap { $0 }).map { columns[$0].name })
    }
}

extension DocType {
    /// Whether its documents are found by the search: those that people write, not those that programs keep.
    package var isSearched: Bool { kind == .document && tracksChanges && !isSingle && !isVirtual }

    /// The word by which its documents are told apart in the index.
    package var searchMark: String {
        // FNV-1a of 64 bits (Fowler, Noll, Vo).
        let hash = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "k" + String(hash, radix: 36)
    }

    /// Whether a field holds HTML.
    package func isMarkup(_ slot: Int) -> Bool {
        columns[slot].type == .textEditor || columns[slot].type == .htmlEditor
    }
}
