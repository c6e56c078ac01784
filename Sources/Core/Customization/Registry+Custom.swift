internal import Documents
internal import Metadata
internal import Values

extension Registry {
    /// What the modules declare with what a company changed over it.
    ///
    /// A change that cannot be is left out and stands in ``metadataProblems``; the rest holds. DocTypes that nothing changed
    /// are the same objects as before.
    func with(_ custom: CustomMetadata) -> Registry {
        var merge = MetadataMerge(self, custom)
        return merge.run()
    }
}

/// Puts custom metadata over what the modules declare.
private struct MetadataMerge {
    private let base: Registry
    private let custom: CustomMetadata
    private var problems: [Problem]
    /// What is wrong only because something else is.
    private var consequences: [Problem] = []
    /// What has no effect, by DocType.
    private var warnings: [String: [Problem]] = [:]
    private var definitions: [String: DocTypeDefinition] = [:]
    private var own: [String] = []
    /// Of which only the permissions are left.
    private var reduced: Set<String> = []

    init(_ registry: Registry, _ custom: CustomMetadata) {
        base = registry
        self.custom = custom
        problems = custom.problems
    }

    mutating func run() -> Registry {
        addOwn()
        addFields()
        setProperties()
        setPermissions()
        var registry = base
        registry.replace(made(), own: own, rules: custom.rules)
        checkAll(in: &registry)
        registry.metadataProblems = problems + consequences
        registry.metadataRoots = problems
        registry.metadataWarnings = warnings
        return registry
    }

    private mutating func addOwn() {
        for var definition in custom.doctypes {
            guard !base.isShipped(definition.name) else {
                note(Problem(.badMetadata, "\(definition.name) is shipped now; the one made here has no effect"))
                continue
            }
            guard own.count < Limits.customDocTypes else {
                note(Problem(.tooMany, "There are more than \(Limits.customDocTypes) DocTypes"))
                return
            }
            definition.info.switches.insert(.custom)
            definitions[definition.name] = definition
            own.append(definition.name)
        }
    }

    /// The description of a DocType, shipped or not, as changed so far.
    private func definition(_ name: String) -> DocTypeDefinition? {
        definitions[name] ?? base.shipped(name)?.definition
    }

    private mutating func addFields() {
        var order: [String] = []
        var byType: [String: [CustomMetadata.AddedField]] = [:]
        for field in custom.fields {
            if byType[field.doctype] == nil { order.append(field.doctype) }
            byType[field.doctype, default: []].append(field)
        }
        for name in order {
            guard var definition = definition(name) else {
                note(Problem(.badMetadata, "There is no DocType \(name) to add fields to", field: "dt"))
                continue
            }
            guard definition.info.kind == .document || definition.info.kind == .child else {
                note(Problem(.badMetadata, "\(name) is a ledger and takes no fields", field: "dt"))
                continue
            }
            let added = byType[name] ?? []
            guard definition.fields.count + added.count <= Limits.fields else {
                note(Problem(.tooMany, "\(name) has more than \(Limits.fields) fields", field: "dt"))
                continue
            }
            var names = Set(definition.fields.map(\.name))
            var waiting: [CustomMetadata.AddedField] = []
            for one in added {
                guard names.insert(one.field.name).inserted else {
                    note(Problem(.badMetadata, "\(name) has a field \(one.field.name) already", field: "fieldname"))
                    continue
                }
                waiting.append(one)
            }
            definition.fields = Self.placed(waiting, among: definition.fields)
            definitions[name] = definition
        }
    }

    /// The fields with the added ones behind those they name; what names none, or nothing that is there, goes to the end.
    private static func placed(
        _ added: [CustomMetadata.AddedField], among fields: [FieldDefinition]
    ) -> [FieldDefinition] {
        var after: [String: [FieldDefinition]] = [:]
        for one in added { after[one.insertAfter, default: []].append(one.field) }
        var placed: [FieldDefinition] = []
        func place(_ field: FieldDefinition) {
            // A chain of fields that name each other is walked without calling itself.
            var stack = [field]
            while let next = stack.popLast() {
                placed.append(next)
                if let following = after.removeValue(forKey: next.name) { stack += following.reversed() }
            }
        }
        for field in fields { place(field) }
        for one in added where after[one.insertAfter]?.contains(where: { $0.name == one.field.name }) == true {
            after[one.insertAfter]?.removeAll { $0.name == one.field.name }
            place(one.field)
        }
        return placed
    }

    private mutating func setProperties() {
        for one in custom.properties {
            guard var definition = definition(one.doctype) else {
                note(
                    Problem(.badMetadata, "There is no DocType \(one.doctype) to set properties of", field: "doc_type"))
                continue
            }
            do {
                try PropertyChange(one, ships: base.shipped(one.doctype)).apply(to: &definition)
                definitions[one.doctype] = definition
            } catch let problem as Problem {
                note(problem)
            } catch {
                note(Problem(.badMetadata, "\(one.doctype): \(one.property) cannot be set"))
            }
        }
        for name in definitions.keys { definitions[name]?.resolve() }
    }

    private mutating func setPermissions() {
        for (name, rows) in custom.permissions {
            guard var definition = definition(name) else {
                note(Problem(.badMetadata, "There is no DocType \(name) to set permissions of", field: "parent"))
                continue
            }
            definition.info.permissions = rows
            definition.info.properties["permissions"] = nil
            definitions[name] = definition
        }
    }

    /// The changed DocTypes. One whose columns would clash cannot be made at all and is left as it was.
    private mutating func made() -> [String: DocType] {
        var types: [String: DocType] = [:]
        for (name, definition) in definitions {
            if let problem = clash(in: definition) {
                note(problem)
                continue
            }
            types[name] = definition.made(members: members(of: name))
        }
        return types
    }

    private func clash(in definition: DocTypeDefinition) -> Problem? {
        var names = FieldCheck.reserved(in: definition.info.kind)
        for field in definition.fields
        where !FieldCheck.standing.contains(field.name) && !names.insert(field.name).inserted {
            var problem = Problem(
                .badMetadata, "\(definition.name): \(field.name): fieldname: the name is reserved or there twice",
                field: "fieldname")
            problem.doctype = "DocType"
            problem.name = definition.name
            return problem
        }
        return nil
    }

    /// Checks the changed DocTypes among all that there are; one that is wrong is as it was, or not there.
    ///
    /// All are checked before any is taken back, so that what is wrong only because of another is told from what is wrong
    /// itself.
    private mutating func checkAll(in registry: inout Registry) {
        var rounds = 0
        var failed: [String] = []
        repeat {
            failed = []
            for name in definitions.keys.sorted() {
                guard let definition = definitions[name], registry.find(name) != nil else { continue }
                let added = Set(definition.fields.map(\.name)).subtracting(
                    base.shipped(name)?.fields.map(\.name) ?? [])
                let found = definition.findings(in: registry, only: base.isShipped(name) ? added : nil)
                warnings[name] = found.warnings.isEmpty ? nil : found.warnings
                guard !found.problems.isEmpty else { continue }
                failed.append(name)
                if rounds == 0 { problems += found.problems } else { consequences += found.problems }
            }
            for name in failed {
                definitions[name] = onlyPermissions(of: name)
                registry.revert(name, to: definitions[name]?.made(members: members(of: name)) ?? base.shipped(name))
            }
            rounds += 1
        } while !failed.isEmpty && rounds < 50
    }

    /// A shipped DocType with the company's permissions and nothing else of its changes: what somebody may not do is not
    /// allowed because something else cannot be. Nil where there are none, or where that was tried.
    private mutating func onlyPermissions(of name: String) -> DocTypeDefinition? {
        guard var definition = base.shipped(name)?.definition, let rows = custom.permissions[name],
            reduced.insert(name).inserted
        else { return nil }
        definition.info.permissions = rows
        definition.info.properties["permissions"] = nil
        return definition
    }

    private func members(of name: String) -> [String] { base.shipped(name)?.members ?? [] }

    private mutating func note(_ problem: Problem) { problems += problem.single }
}
