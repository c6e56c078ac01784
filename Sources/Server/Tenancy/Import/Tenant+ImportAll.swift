public import Documents
internal import Values

extension Tenant {
    /// Imports files of several DocTypes in the order that their links demand: what is linked to comes first. Each file is
    /// imported by itself, as ``import(_:_:as:_:)`` does.
    ///
    /// Where DocTypes link to each other, a link that need not be given is left out at first and set by a second pass.
    ///
    /// - Throws: ``ImportRefused`` about the first file that is refused, with its DocType as ``ImportRefused/doctype``;
    ///   ``Problem/Kind/circle`` where no order is possible; ``Problem``.
    public func importAll(
        _ files: [(work: Import, file: ImportFile)], as actor: Actor, _ mode: ImportMode = .bySize,
        each: (Import, ImportReport) -> Void = { _, _ in }
    ) async throws {
        var plans: [ImportPlan] = []
        for (work, file) in files {
            plans.append(
                try await namingDocType(work) { try await self.read(as: actor) { try ImportPlan(work, file, in: $0) } })
        }
        for step in try ImportOrder(files.map(\.work), plans, registry).steps {
            let work = step.work
            let report = try await namingDocType(work) {
                try await self.import(work, files[step.file].file, as: actor, mode)
            }
            each(work, report)
        }
    }

    /// Says of which DocType a file is refused.
    private func namingDocType<T>(_ work: Import, _ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch var refused as ImportRefused {
            refused.doctype = work.doctype
            throw refused
        }
    }
}

/// In which order files are imported.
struct ImportOrder {
    /// One pass through one file.
    struct Step {
        /// The place of the file.
        let file: Int
        let work: Import
    }

    private(set) var steps: [Step] = []

    /// - Throws: ``Problem/Kind/circle``.
    init(_ works: [Import], _ plans: [ImportPlan], _ registry: Registry) throws {
        // For each file the columns that link to another of them, by its place.
        let places = Dictionary(works.enumerated().map { ($1.doctype, $0) }, uniquingKeysWith: { first, _ in first })
        var needs: [[(column: CSVColumns.Column, file: Int)]] = plans.enumerated().map { own, plan in
            (plan.columns.document + plan.columns.allRows).compactMap { column in
                guard column.field.type == .link, let target = column.field.options, let file = places[target],
                    file != own
                else { return nil }
                return (column, file)
            }
        }
        var open = Array(works.indices)
        var later: [Step] = []
        var leftOut: [Int: Set<String>] = [:]
        while !open.isEmpty {
            if let next = open.first(where: { file in !needs[file].contains { open.contains($0.file) } }) {
                var work = works[next]
                work.reading.leftOut.formUnion(leftOut[next] ?? [])
                steps.append(Step(file: next, work: work))
                open.removeAll { $0 == next }
                continue
            }
            guard let (file, column) = Self.loose(open, needs, works, plans) else {
                let names = open.map { works[$0].doctype }.joined(separator: ", ")
                throw Problem(
                    .circle, "\(names) link to each other, and no link of them can be set later",
                    fix: "Give the documents names in a column, and leave a link that need not be given out.")
            }
            leftOut[file, default: []].insert(column.header)
            needs[file].removeAll { $0.column.index == column.index }
            later.append(Self.second(file, column, works[file], plans[file]))
        }
        steps += later
    }

    /// A link among files that wait for each other which can be set afterwards: it need not be given, and the file names
    /// its documents.
    private static func loose(
        _ open: [Int], _ needs: [[(column: CSVColumns.Column, file: Int)]], _ works: [Import], _ plans: [ImportPlan]
    ) -> (file: Int, column: CSVColumns.Column)? {
        for file in open where !works[file].updates && !works[file].submits {
            guard plans[file].columns.document.contains(where: { $0.field.name == "name" }) else { continue }
            for (column, target) in needs[file] where open.contains(target) {
                if column.table == nil, !column.field.flags.contains(.required) { return (file, column) }
            }
        }
        return nil
    }

    /// The pass that sets one link of documents that are there.
    private static func second(_ file: Int, _ column: CSVColumns.Column, _ work: Import, _ plan: ImportPlan) -> Step {
        var work = work
        work.updates = true
        let kept = plan.columns.document.first { $0.field.name == "name" }?.index
        for (index, header) in plan.header.enumerated() where index != column.index && index != kept {
            work.reading.leftOut.insert(String(Cell.trimmed(header)))
        }
        work.reading.columns = work.reading.columns.filter { header, _ in
            !work.reading.leftOut.contains { LetterFolding.folded($0) == LetterFolding.folded(header) }
        }
        return Step(file: file, work: work)
    }
}

extension Problem.Kind {
    /// Things that have to come before each other.
    public static let circle = Self("circle")
}
