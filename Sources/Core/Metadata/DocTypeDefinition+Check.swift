internal import Storage
internal import Values

extension DocTypeDefinition {
    /// What of a description cannot become a DocType beside the others of `catalog`, in which it stands already, and what
    /// of it has no effect. Each names the DocType, the field and the property.
    ///
    /// Of a shipped DocType only the fields `only` are looked at, which a company added, and of all fields the conditions,
    /// which it may have changed.
    package func findings(in catalog: any DocTypeCatalog, only: Set<String>? = nil) -> MetadataFindings {
        var findings = MetadataFindings(of: name)
        if only == nil {
            findings.run { _ in try checkName() }
            findings.run { _ in try checkKind() }
            findings.run { _ in try checkTable(in: catalog) }
        }
        guard fields.count <= Limits.fields else {
            findings.run { _ in
                throw Problem(.tooMany, "There are \(fields.count) fields, more than \(Limits.fields)", field: "fields")
            }
            return findings
        }
        findings.run { _ in try checkSizes() }
        var names: Set<String> = []
        for field in fields {
            guard names.insert(field.name).inserted else {
                findings.run(field.name) { _ in throw bad("fieldname", "the field \(field.name) is there twice") }
                continue
            }
            let check = FieldCheck(field, self, catalog)
            if only?.contains(field.name) ?? true {
                check.run(&findings)
            } else {
                findings.run(field.name) { try check.checkExpressions(&$0, strictly: true) }
            }
        }
        // A formula that is none is told once.
        if !findings.problems.contains(where: { $0.field == "formula" }) {
            findings.run { _ in try FieldCheck.checkFormulas(fields) }
        }
        findings.run { _ in
            guard fields.count(where: { $0.type == .fold }) < 2 else {
                throw bad("fieldtype", "there is more than one Fold")
            }
        }
        findings.run { _ in try checkNamedFields() }
        findings.run { try checkNaming(in: catalog, &$0) }
        findings.run { try checkPermissions(&$0) }
        return findings
    }

    /// A name starts with a letter and goes on with letters, digits, spaces, `-` and `_`.
    private func checkName() throws {
        let scalars = name.unicodeScalars
        let isGood = scalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == " " || $0 == "-" || $0 == "_"
        }
        guard let first = scalars.first, first.properties.isAlphabetic, isGood, !name.hasSuffix(" ") else {
            throw bad("name", "a name starts with a letter and holds letters, digits, spaces, - and _")
        }
        guard name.utf8.count <= Self.nameBytes else {
            throw bad("name", "a name has at most \(Self.nameBytes) bytes")
        }
        guard !name.hasPrefix("New ") else { throw bad("name", "a name does not begin with New") }
    }

    /// The longest name of a DocType, so that its table has room for it in every engine.
    static let nameBytes = 61

    private func checkKind() throws {
        let switches = info.switches
        if info.kind == .child {
            if switches.contains(.single) { throw bad("issingle", "rows of a table are not single") }
            if switches.contains(.submittable) {
                throw bad("is_submittable", "rows of a table are submitted with what they belong to")
            }
            if info.isTree { throw bad("is_tree", "rows of a table cannot be a tree") }
            if let table = fields.first(where: \.type.isTable) {
                throw bad("istable", "rows of a table have no tables of their own: \(table.name)")
            }
        }
        if switches.contains(.single) {
            if switches.contains(.submittable) { throw bad("is_submittable", "a single document is not submitted") }
            if info.isTree { throw bad("is_tree", "a single document is no tree") }
        }
        if switches.contains(.virtual), switches.contains(.submittable) || info.isTree {
            throw bad("is_virtual", "documents without a table are neither submitted nor a tree")
        }
        if info.isTree {
            let parent = info.tree ?? "parent_" + Text.table(name)
            guard let field = field(parent), field.type == .link, field.options == name else {
                throw bad("nsm_parent_field", "a tree needs the field \(parent), a Link to \(name)")
            }
        }
    }

    private func checkTable(in catalog: any DocTypeCatalog) throws {
        let table = Text.table(name)
        if let other = catalog.doctypes.first(where: { $0.name != name && $0.table == table }) {
            throw bad("name", "\(other.name) has the same table")
        }
        if catalog.hasTable(table) { throw bad("name", "the name is taken") }
        // Names of the databases' own tables.
        if table.hasPrefix("pg_") || table.hasPrefix("sqlite_") { throw bad("name", "the name is reserved") }
    }

    private func checkSizes() throws {
        for (key, value) in info.properties.members { try Self.checkSize(key, value, "") }
        guard info.summary.utf8.count <= Limits.metadataText else { throw tooLong("description") }
        guard info.module.utf8.count <= Limits.lineCharacters else { throw tooLong("module") }
        guard info.search.count <= 100 else {
            throw Problem(.tooMany, "There are more than 100 search fields", field: "search_fields")
        }
    }

    static func checkSize(_ key: String, _ value: JSON, _ place: String) throws {
        guard key.utf8.count <= Limits.lineCharacters else {
            throw Problem(
                .tooLong, "\(place)a key has more than \(Limits.lineCharacters) bytes",
                field: FieldDefinition.short(key))
        }
        guard value.text.utf8.count <= Limits.metadataText else {
            throw Problem(.tooLong, "\(place)\(key) has more than \(Limits.metadataText) bytes", field: key)
        }
    }

    /// The fields that the DocType names exist.
    private func checkNamedFields() throws {
        let standard = DocType.standard.map(\.name)
        func exists(_ name: String) -> Bool { standard.contains(name) || field(name) != nil }
        if let title = info.title, !exists(title) { throw bad("title_field", "there is no field \(title)") }
        if let title = info.title.flatMap(field), let (property, text) = TitlePattern.written(title) {
            for case .inner(let name) in Braces.pieces(of: text) {
                guard exists(name), field(name)?.type != .password else {
                    throw bad(property, "\(title.name): there is no field \(FieldDefinition.short(name)) to show")
                }
            }
        }
        for name in info.search where !exists(name) { throw bad("search_fields", "there is no field \(name)") }
        if let sort = info.sort,
            !sort.field.split(separator: ",").allSatisfy({
                exists(String(($0.trimmed.split(separator: " ").first ?? "")))
            })
        {
            throw bad("sort_field", "there is no field \(sort.field)")
        }
        for (key, type) in [
            ("image_field", FieldType.attachImage), ("timeline_field", .link), ("is_published_field", .check),
            ("website_search_field", nil), ("sender_field", nil), ("subject_field", nil),
        ] as [(String, FieldType?)] {
            guard let name = info.properties[key]?.string, !name.isEmpty else { continue }
            guard let field = field(name) else { throw bad(key, "there is no field \(name)") }
            if let type, field.type != type, !(key == "image_field" && field.type == .attach),
                !(key == "timeline_field" && field.type == .dynamicLink)
            {
                throw bad(key, "\(name) must be a \(type.rawValue)")
            }
        }
    }

    private func checkNaming(in catalog: any DocTypeCatalog, _ findings: inout MetadataFindings) throws {
        if info.naming == .hash, let word = info.properties["autoname"]?.string, !DocType.Naming.isRule(word) {
            findings.warn(
                "autoname", "\(FieldDefinition.short(word)) is no rule for names: documents get names by chance")
        }
        if !info.isTree, info.properties["nsm_parent_field"]?.string.map(\.isEmpty) == false {
            findings.warn("nsm_parent_field", "the DocType is no tree")
        }
        switch info.naming {
        case .field(let name):
            guard let field = field(name), field.type.column != nil else {
                throw bad("autoname", "there is no field \(name)")
            }
        case .series:
            guard let field = field("naming_series") else {
                var problem = bad("autoname", "there is no field naming_series")
                problem.remedy = "Add the Select naming_series, a series in each line, or write one series as autoname."
                throw problem
            }
            let series = field.choices.filter { !$0.isEmpty }.map(String.init)
            guard field.type == .select, !series.isEmpty else {
                throw bad("autoname", "naming_series must be a Select that offers a series")
            }
            for one in series {
                try SeriesPattern.check(one, "naming_series: options", field: "options", of: self, in: catalog)
            }
        case .expression(let text):
            try SeriesPattern.check(text, "autoname", field: "autoname", of: self, in: catalog)
        case .format(let text):
            _ = try SeriesPattern(format: text)
            try SeriesPattern.checkWords(text, "autoname", field: "autoname", of: self, in: catalog)
        default: break
        }
    }

    private func checkPermissions(_ findings: inout MetadataFindings) throws {
        var seen: Set<String> = []
        for permission in info.permissions {
            let row = "\(permission.role), level \(permission.permlevel)"
            guard seen.insert("\(permission.role)\u{0}\(permission.permlevel)\u{0}\(permission.ifOwner)").inserted
            else {
                throw bad("permissions", "\(row) is there twice")
            }
            guard !permission.rights.isEmpty else { throw bad("permissions", "\(row) allows nothing") }
            let rights = permission.rights
            if permission.permlevel > 0 {
                if !info.permissions.contains(where: { $0.permlevel == 0 && $0.role == permission.role }) {
                    findings.warn(
                        "permissions", "\(row): it needs a row of level 0, of this role or of another the user has")
                }
                if !rights.isDisjoint(with: [.create, .submit, .cancel, .delete]) {
                    findings.warn(
                        "permissions", "\(row): only a row of level 0 allows to create, submit, cancel or delete")
                }
                continue
            }
            guard info.kind == .document, info.switches.contains(.custom) else { continue }
            if !rights.isDisjoint(with: [.submit, .cancel, .amend]) {
                guard info.switches.contains(.submittable) else {
                    throw bad("permissions", "\(row): \(name) is not submitted or cancelled")
                }
                guard rights.contains(.write) else {
                    throw bad("permissions", "\(row): submit, cancel and amend need write")
                }
            }
            if rights.contains(.cancel), !rights.contains(.submit) {
                throw bad("permissions", "\(row): cancel needs submit")
            }
            if rights.contains(.import) {
                guard rights.contains(.create) else { throw bad("permissions", "\(row): import needs create") }
                guard info.switches.contains(.importable) else {
                    throw bad("permissions", "\(row): import needs allow_import")
                }
            }
        }
    }

    private func tooLong(_ key: String) -> Problem { Problem(.tooLong, "\(key) is too long", field: key) }

    private func bad(_ key: String, _ text: ProblemText) -> Problem {
        Problem(.badMetadata, "\(key): \(text)", field: key)
    }
}
