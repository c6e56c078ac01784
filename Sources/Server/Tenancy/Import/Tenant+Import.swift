public import Documents
internal import Values

extension Tenant {
    /// How an import is written.
    public enum ImportMode: Sendable {
        /// All rows or none, in one transaction, up to ``Import/rowsTogether``; a longer file in parts.
        case bySize
        /// All rows or none, however many; other writers wait.
        case together
        /// Nothing is written: the file is read and checked, and one that is written together is tried and undone.
        case dryRun
    }

    /// Imports a file as `actor`. Nothing is written before all of it was read and what can be checked was checked.
    ///
    /// A long file is written in parts, each a transaction of its own with other writers in between. One that stops on the
    /// way, by a row that is refused or because the process ends, is gone on with by importing it again, also with its
    /// later rows corrected.
    ///
    /// - Throws: ``ImportRefused``; ``Problem``.
    public func `import`(
        _ work: Import, _ file: ImportFile, as actor: Actor, _ mode: ImportMode = .bySize
    ) async throws -> ImportReport {
        let plan = try await read(as: actor) { try ImportPlan(work, file, in: $0) }
        let isTogether = plan.findings.rows <= Import.rowsTogether
        switch mode {
        case .dryRun:
            guard isTogether else {
                var report = try await read(as: actor) { try Self.check(work, file, plan, behind: nil, in: $0) }
                report.isTried = false
                return report
            }
            return try await tried(work, file, plan, actor)
        case .bySize where !isTogether: return try await inParts(work, file, plan, actor)
        default:
            return try await write(as: actor) { session in
                try work.run(plan.drafts(of: file, work.checkedType(in: session)), plan, in: session)
            }
        }
    }

    /// What a dry run throws away.
    private struct Undone: Error {
        let report: ImportReport
    }

    private func tried(
        _ work: Import, _ file: ImportFile, _ plan: ImportPlan, _ actor: Actor
    ) async throws -> ImportReport {
        do {
            return try await write(as: actor) { session -> ImportReport in
                throw Undone(
                    report: try work.run(plan.drafts(of: file, work.checkedType(in: session)), plan, in: session))
            }
        } catch let undone as Undone {
            return undone.report
        }
    }

    /// Checks a file without writing anything, but for the rows that are in already.
    private static func check(
        _ work: Import, _ file: ImportFile, _ plan: ImportPlan, behind record: ImportRecord?, in session: Session
    ) throws -> ImportReport {
        var drafts = try plan.drafts(of: file, work.checkedType(in: session))
        let checking = try ImportWork(work, plan, session)
        while !checking.isCutOff {
            let next = try drafts.next(documents: 2_000, records: Import.recordsAtOnce)
            checking.note(drafts.problems)
            drafts.problems = []
            if next.isEmpty { break }
            try checking.check(next.filter { $0.lastRow > record?.rows ?? 0 })
        }
        return try checking.finish(rows: drafts.rows)
    }

    // MARK: In parts

    /// How long a part may keep other writers waiting, and how long they have before the next.
    private static let partTime = Duration.milliseconds(200)
    private static let pause = Duration.milliseconds(25)
    /// How many documents are read ahead of their writing.
    private static let readAhead = 5_000

    private func inParts(
        _ work: Import, _ file: ImportFile, _ plan: ImportPlan, _ actor: Actor
    ) async throws -> ImportReport {
        let record = try await read(as: actor) { session -> ImportRecord? in
            let left = try ImportRecord.left(of: work, in: session.transaction)
            // Only what this file begins with is gone on with.
            let record = try left.flatMap {
                try Self.begins(file, with: $0, plan, work.checkedType(in: session)) ? $0 : nil
            }
            _ = try Self.check(work, file, plan, behind: record, in: session)
            return record
        }
        var total = ImportReport()
        total.findings = plan.findings
        total.ignored = plan.columns.ignored
        total.isInParts = true
        total.rowsBefore = record?.rows ?? 0
        let type = try registry.doctype(work.doctype)
        var drafts = try plan.drafts(of: file, type)
        while true {
            var next = try drafts.next(documents: Self.readAhead, records: 4 * Import.recordsAtOnce)[...]
            if next.isEmpty { break }
            if let record { next = next.drop { $0.lastRow <= record.rows } }
            while !next.isEmpty {
                let waiting = Array(next)
                let part: Part
                do {
                    part = try await write(as: actor) { try Part(work, plan, waiting, $0) }
                } catch var refused as ImportRefused {
                    refused.before = total
                    throw refused
                }
                next = next.dropFirst(part.documents)
                total.created += part.report.created
                total.updated += part.report.updated
                total.submitted += part.report.submitted
                total.rows = part.rows
                // Other writers, also of other processes, have their turn between two parts.
                if !next.isEmpty { try await Task.sleep(for: Self.pause) }
            }
            try await Task.sleep(for: Self.pause)
        }
        total.rows = drafts.rows
        try await write(as: actor) { try ImportRecord.forget(work, in: $0) }
        return total
    }

    /// Whether a file begins with the rows that are in already.
    private static func begins(
        _ file: ImportFile, with record: ImportRecord, _ plan: ImportPlan, _ type: DocType
    ) throws -> Bool {
        var drafts = try plan.drafts(of: file, type)
        while true {
            let next = try drafts.next(documents: 2_000, records: Import.recordsAtOnce)
            guard let last = next.last else { return false }
            guard last.lastRow >= record.rows else { continue }
            return next.contains { $0.lastRow == record.rows && $0.digest == record.digest }
        }
    }

    /// A part of a file, written in one transaction.
    private struct Part: Sendable {
        /// How many of the documents that waited are written.
        var documents = 0
        /// The last row of the file that is in.
        var rows = 0
        let report: ImportReport

        /// Writes as many documents as there is time for.
        ///
        /// - Throws: ``ImportRefused``, and then none is written.
        init(_ options: Import, _ plan: ImportPlan, _ waiting: [ImportDraft], _ session: Session) throws {
            let work = try ImportWork(options, plan, session)
            let end = ContinuousClock.now + Tenant.partTime
            repeat {
                var count = 0
                let batch = waiting[documents...].prefix(Import.documentsAtOnce).prefix { draft in
                    defer { count += draft.records }
                    return count < Import.recordsAtOnce
                }
                try work.write(Array(batch))
                documents += batch.count
            } while documents < waiting.count && ContinuousClock.now < end && work.problems.isEmpty
            rows = waiting[documents - 1].lastRow
            report = try work.finish(rows: rows)
            try ImportRecord(rows: rows, digest: waiting[documents - 1].digest).keep(for: options, in: session)
        }
    }
}
