internal import Audit
package import Storage
package import Values

/// How documents get their names.
///
/// First come numbers alone and UUIDs, then what is amended (`X-1`, `X-2`, …), a single's own name, the name that somebody
/// gave where one may, a Document Naming Rule that fits, and at last what the DocType says. What a file of documents calls
/// them they keep, where that is one of these names or may be any. All counters are rows of one table; a counter moves in the
/// transaction that uses its number, and back when the document that took its newest number is deleted, so that no gap stays.
package enum Naming {
    /// The counters of the series.
    package static let table = TableSchema(
        "_series", columns: [.init("prefix", .text, required: true), .init("current", .integer, required: true)])

    /// The same table under the audit log.
    static let sealed = SealedTable(table)

    /// The highest number a counter is set to by hand.
    package static let highestStart: Int64 = 999_999_999_999

    /// A way to count: a pattern, with the counter that its numbers are taken from.
    package struct Counter {
        /// How it is written.
        package let text: String
        /// Its words and its number.
        package let pattern: SeriesPattern
        /// The name of the counter; nil where that is what stands before the number.
        var key: String?
        /// The number before the first, for a counter that nobody has used yet.
        var start: Int64 = 0
        /// The Document Naming Rule it is of.
        package var rule: String?

        /// What the document would be called but for its number.
        package func resolve(
            _ document: Document, at now: Timestamp, _ words: NamingWords
        ) throws -> SeriesPattern.Resolved {
            var resolved = try pattern.resolve(document, at: now, words)
            (resolved.before, resolved.after) = (resolved.before.normalized, resolved.after.normalized)
            resolved.key = (key ?? resolved.key).normalized
            resolved.start = start
            return resolved
        }

        /// The place of a name in this counter; nil where it gave no such name.
        package func place(of name: String, _ document: Document, _ words: NamingWords) -> Place? {
            pattern.number(in: name, of: document, words).map {
                Place(key: key ?? $0.before, number: $0.number, start: start)
            }
        }
    }

    /// Where a document stands in a counter.
    package struct Place: Hashable {
        /// The name of the counter.
        package let key: String
        /// Its number.
        package let number: Int64
        /// The number before the first.
        let start: Int64

        /// Whether both are the same place in the same counter.
        package static func == (l: Self, r: Self) -> Bool {
            l.key == r.key && l.number == r.number && l.start == r.start
        }
    }

    /// A name that waits for its number.
    struct Counted {
        let document: Document
        let number: SeriesPattern.Resolved
    }

    /// The ways in which documents of a DocType may be counted or made of a pattern: by rules of the company, the first
    /// that fits before all others, and by what the DocType says.
    package static func counters(of type: DocType, in registry: Registry) throws -> [Counter] {
        let own = try OwnCounters.of(type).counters ?? own(type.naming, type.name)
        let chosen = registry.namingSettings[type.name]?.counters(of: type) ?? []
        return rules(of: type, in: registry).map(\.counter) + chosen + own
    }

    /// The ways in which a DocType itself counts, worked out once; nil where what it says is none.
    private struct OwnCounters: Sendable {
        let counters: [Counter]?

        static func of(_ type: DocType) -> OwnCounters {
            type.derived.value { OwnCounters(counters: try? own(type.naming, type.name)) }
        }
    }

    /// The ways in which a DocType itself counts.
    ///
    /// - Throws: ``Problem/Kind/badMetadata``.
    static func own(_ naming: DocType.Naming, _ doctype: String) throws -> [Counter] {
        switch naming {
        case .series(let all): all.map { Counter(text: $0, pattern: SeriesPattern($0)) }
        case .expression(let text): [Counter(text: text, pattern: SeriesPattern(text))]
        case .format(let text): [Counter(text: "format:\(text)", pattern: try SeriesPattern(format: text))]
        case .autoincrement:
            [Counter(text: "autoincrement", pattern: SeriesPattern.numberAlone, key: "\(doctype)/autoincrement")]
        default: []
        }
    }

    /// The rules for names that a company made for a DocType. Numbers alone and UUIDs are given before any rule is asked.
    private static func rules(of type: DocType, in registry: Registry) -> [NamingRule] {
        type.naming == .autoincrement || type.naming == .uuid ? [] : registry.namingRules(of: type.name) ?? []
    }

    /// What names documents of one DocType.
    private struct Namer {
        let type: DocType
        let rules: [NamingRule]
        let counters: [Counter]
        let words: NamingWords
        let session: Session
        let hooks: Hooks?
        /// The series that the company chose instead of a field.
        let setting: NamingSetting?

        init(_ documents: [Document], _ type: DocType, in session: Session, _ hooks: Hooks?) throws {
            self.type = type
            self.session = session
            self.hooks = hooks
            rules = Naming.rules(of: type, in: session.registry)
            setting = try session.registry.namingSettings[type.name].flatMap {
                try $0.isChosen(in: session) ? $0 : nil
            }
            counters = try Naming.counters(of: type, in: session.registry)
            words = try NamingWords(documents, counters.map(\.pattern), in: session)
        }

        func resolve(_ counter: Counter, _ document: Document) throws -> SeriesPattern.Resolved {
            try counter.resolve(document, at: session.wallClock, words)
        }
    }

    /// Names new documents of one DocType; a counter is moved once for all of them.
    static func name(_ documents: [Document], in session: Session, _ hooks: Hooks?) throws {
        guard let type = documents.first?.doctype else { return }
        let namer = try Namer(documents, type, in: session, hooks)
        var counted: [Counted] = []
        var kept: [Document] = []
        for document in documents {
            try session.namingDocument(document) {
                let number = try name(document, namer)
                if try keepImported(document, namer, isCounted: number != nil) {
                    kept.append(document)
                } else if let number {
                    counted.append(Counted(document: document, number: number))
                    return
                }
                try checkName(document)
            }
        }
        // Before any is counted: a number that a file brings is not given to another document of it.
        if !kept.isEmpty { try reserve(kept, in: session) }
        try count(counted, in: session)
        for one in counted { try session.namingDocument(one.document) { try checkName(one.document) } }
        guard namer.setting?.yieldsToField == true, case .field(let field) = type.naming else { return }
        for document in documents where document[field].isEmpty { document[field] = .text(document.name) }
    }

    /// Gives a document that comes back the next number where another has its name now.
    ///
    /// - Returns: whether it was counted; else it keeps its name.
    static func renumber(_ document: Document, in session: Session) throws -> Bool {
        let type = document.doctype
        guard document["amended_from"].isEmpty, !type.isSingle else { return false }
        let namer = try Namer([document], type, in: session, nil)
        if try !namer.rules.contains(where: { try $0.applies(to: document) }) {
            switch type.naming {
            case .series, .expression, .autoincrement: break
            case .format(let text): guard try SeriesPattern(format: text).counts else { return false }
            default: return false
            }
        }
        let old = document.name
        document.name = ""
        guard let number = try name(document, namer) else {
            document.name = old
            return false
        }
        try count([Counted(document: document, number: number)], in: session)
        return true
    }

    /// Names one document; gives the number it has to wait for, if any.
    private static func name(_ document: Document, _ namer: Namer) throws -> SeriesPattern.Resolved? {
        let (type, session) = (namer.type, namer.session)
        if document.has("amended_from"), case .text(let original) = document["amended_from"] {
            let amended = try amendedName(original, of: document, type, in: session)
            if type.naming != .autoincrement, type.naming != .uuid {
                document.name = amended.normalized
                return nil
            }
        }
        if type.isSingle {
            document.name = type.name
            return nil
        }
        let isNamed = type.naming == .prompt && !document.name.isEmpty
        if !isNamed, let rule = try namer.rules.first(where: { try $0.applies(to: document) }) {
            return try namer.resolve(rule.counter, document)
        }
        switch type.naming {
        case .series(let all):
            let series = try chosen(all, document)
            let counter = OwnCounters.of(type).counters?.first { $0.text == series }
            return try namer.resolve(counter ?? Counter(text: series, pattern: SeriesPattern(series)), document)
        case .expression, .format, .autoincrement:
            guard let counter = namer.counters.last else { return nil }
            let resolved = try namer.resolve(counter, document)
            if counter.pattern.counts { return resolved }
            document.name = resolved.before.trimmedName
        case .field(let field):
            if let setting = namer.setting, !setting.yieldsToField || document[field].isEmpty {
                let series = try chosen(setting.series(of: type), document)
                return try namer.resolve(Counter(text: series, pattern: SeriesPattern(series)), document)
            }
            document.name = document[field].description.trimmedName
            if case .text = document[field] { document.set(field, document.name) }
        case .prompt: document.name = document.name.trimmedName
        case .hash: document.name = session.newIdentifier()
        case .uuid:
            if !UUIDText.isValid(document.name) { document.name = UUIDText.version7(from: session.newIdentifier()) }
        case .controller:
            guard let hooks = namer.hooks else {
                document.name = session.newIdentifier()
                break
            }
            document.name = try hooks.autoname(document, session).trimmedName
        }
        return nil
    }

    /// Gives a document the name that an import brings for it, and says whether it did: one that the DocType's own ways of
    /// naming could have given, or any where documents may be renamed.
    private static func keepImported(_ document: Document, _ namer: Namer, isCounted: Bool) throws -> Bool {
        let type = namer.type
        guard let imported = document.importedName?.trimmedName, !imported.isEmpty, !type.isSingle else { return false }
        if !isCounted {
            // What a field should say but does not is told as ever.
            if document.name.isEmpty || document.name == imported { return false }
            if case .field(let field) = type.naming {
                throw Problem(
                    .invalidName, "\(type.name) is called by \(field), which is \(document.name)", field: "name",
                    fix: namer.session.registry.namingSettings[type.name].map {
                        "Leave the name out, make both the same, or let \($0.field) of \($0.settings) be Naming Series."
                    } ?? "Leave the name out, or make both the same.")
            }
        }
        let isMade = type.naming == .controller && IdentifierSource.makes(document.name)
        document.name = imported
        let isOpen = type.isRenamable && !DocType.neverRenamed.contains(type.name)
        let isHash =
            isMade && IdentifierSource.makes(imported)
            || type.naming == .hash && imported.utf8.allSatisfy(\.isHashed) && (8...40) ~= imported.utf8.count
        let isNumber = namer.counters.contains { $0.place(of: imported, document, namer.words) != nil }
        guard isOpen || isHash || isNumber else {
            throw Problem(
                .invalidName, "No \(type.name) would be called \(imported)", field: "name",
                fix: "Leave the name out, so that a new one is made.")
        }
        return true
    }

    /// The series the document says, or the first.
    private static func chosen(_ series: [String], _ document: Document) throws -> String {
        let chosen = document.text("naming_series")
        guard !chosen.isEmpty else {
            guard let first = series.first else {
                throw Problem(
                    .mandatory, "\(document.doctype.name) has no series", field: "naming_series",
                    fix: "Add one to the options of naming_series.")
            }
            if document.has("naming_series") { document.set("naming_series", first) }
            return first
        }
        guard series.contains(chosen) else {
            throw Problem(
                .notAnOption, "There is no series \(FieldDefinition.short(chosen))", field: "naming_series",
                fix: "Use one of: \(series.joined(separator: ", ")).")
        }
        return chosen
    }

    /// `X-1` for the first amendment of X, then `X-2`.
    private static func amendedName(
        _ original: String, of new: Document, _ type: DocType, in session: Session
    ) throws -> String {
        guard let document = try session.load(type, [original]).first else {
            throw Problem(.brokenLink, "\(type.name) \(original) does not exist", field: "amended_from")
        }
        try session.require(.amend, type, document)
        guard document.docstatus == .cancelled else {
            throw Problem(
                .transition, "\(type.name) \(original) is not cancelled", field: "amended_from",
                fix: "Cancel it before you amend it.")
        }
        if document.has("naming_series"), new.text("naming_series").isEmpty {
            new["naming_series"] = document["naming_series"]
        }
        let first = document["amended_from"].text
        guard first != nil, let dash = original.lastIndex(of: "-"),
            let number = Int64(original[original.index(after: dash)...], in: 1...Limits.counter - 1)
        else { return "\(original)-1" }
        return "\(original[..<dash])-\(number + 1)"
    }

    /// Names have 1 to 140 characters, none of `<`, `>` and control characters, and are not those of unsaved documents.
    private static func checkName(_ document: Document) throws {
        let name = document.name
        let type = document.doctype
        if name.isEmpty {
            if case .field(let field) = type.naming {
                throw Problem(
                    .mandatory, "\(type.field(field)?.label ?? field) is missing", field: field, fix: "Give \(field).")
            }
            throw Problem(.mandatory, "\(type.name) needs a name", field: "name", fix: "Give name.")
        }
        guard name.utf8.count <= Limits.lineCharacters || Text.length(name) <= Limits.lineCharacters else {
            throw Problem(
                .tooLong, "The name has \(Text.length(name)) characters, more than \(Limits.lineCharacters)",
                field: "name")
        }
        let isBad = name.unicodeScalars.contains { $0 == "<" || $0 == ">" || $0.value < 32 || $0.value == 127 }
        if isBad || name.hasPrefix("New \(type.name)") {
            throw Problem(.invalidName, "\(type.name) cannot be called \(name)", field: "name")
        }
    }

    /// A document that is called by a field keeps its name in it; renaming changes both.
    static func syncField(_ document: Document) {
        guard case .field(let field) = document.doctype.naming, !document.isNew,
            let slot = document.doctype.slot(of: field), case .text(let text) = document.values[slot],
            text.trimmedName != document.name,
            // What a series or a rule named is called by no field.
            document.storedValue(field).text?.trimmedName == document.name
        else { return }
        document.values[slot] = document.values[Document.Slot.name]
    }
}

extension UInt8 {
    /// Whether it is a small letter or a digit, as names without a meaning have.
    fileprivate var isHashed: Bool { (0x30...0x39).contains(self) || (0x61...0x7A).contains(self) }
}

extension String {
    /// The text as a name: without spaces around it, and in NFC.
    var trimmedName: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return normalized }
        return Substring(self).trimmed.normalized
    }
}
