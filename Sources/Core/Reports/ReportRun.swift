internal import Documents
internal import Values

/// A report while it runs: its columns, then its rows one after the other, and at last what is known only then.
///
/// Rows are not kept: however many there are, few of them are in memory. It runs once, inside the session that made it.
public struct ReportRun {
    /// The columns in order.
    public let columns: [ReportColumn]
    /// Hands each row to the caller, in order, and gives what stands beside them. The caller takes `most` rows at most, and
    /// ends it by an error where there are more: they need not be read.
    public let rows: (_ most: Int, _ each: (ReportRow) throws -> Void) throws -> End

    /// What stands beside the rows of a report.
    public struct End {
        /// A remark above the table.
        public var message: ReportMessage?
        /// Figures worth showing by themselves.
        public var summary: [ReportFigure]

        /// A remark and figures.
        public init(message: ReportMessage? = nil, summary: [ReportFigure] = []) {
            self.message = message
            self.summary = summary
        }
    }

    /// A report whose rows come from `rows`, which hands them to its argument.
    public init(
        columns: [ReportColumn], rows: @escaping (_ most: Int, _ each: (ReportRow) throws -> Void) throws -> End
    ) {
        self.columns = columns
        self.rows = rows
    }

    /// All of it, kept in memory.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` beyond ``Limits/listRows`` rows.
    public func collected() throws -> ReportResult {
        let (result, count) = try first(Limits.listRows)
        guard count <= Limits.listRows else {
            throw Problem(
                .tooMany, "The report has \(count) rows, more than the \(Limits.listRows) that are kept at once",
                field: "filters", fix: "Ask for fewer days, or filter by something else.")
        }
        return result
    }

    /// Its first rows, with what stands beside all of them, and how many there are in all.
    public func first(_ most: Int) throws -> (result: ReportResult, count: Int) {
        var kept: [ReportRow] = []
        var count = 0
        let end = try rows(.max) { row in
            count += 1
            if count <= most { kept.append(row) }
        }
        return (ReportResult(columns: columns, rows: kept, message: end.message, summary: end.summary), count)
    }

    /// Hands on `limit` rows behind the first `start`; then it stops where there are more.
    ///
    /// - Returns: what stands beside the rows where these are the last, else nil: there are more.
    public func page(from start: Int, limit: Int, _ each: (ReportRow) throws -> Void) throws -> End? {
        var count = 0
        let (last, isTooFar) = start.addingReportingOverflow(limit)
        do {
            // One row more tells whether there are more.
            return try rows(isTooFar || last == .max ? .max : last + 1) { row in
                count += 1
                guard count > start else { return }
                guard count - start <= limit else { throw PageIsFull() }
                try each(row)
            }
        } catch is PageIsFull {
            return nil
        }
    }

    private struct PageIsFull: Error {}
}

/// What runs a report: all that it gives, or its rows one after the other.
public protocol ReportOutput: SendableMetatype {
    /// The rows one after the other.
    var run: ReportRun { get }
}

extension ReportRun: ReportOutput {
    public var run: ReportRun { self }
}

extension ReportResult: ReportOutput {
    public var run: ReportRun {
        ReportRun(columns: columns) { _, each in
            for row in rows { try each(row) }
            return ReportRun.End(message: message, summary: summary)
        }
    }
}
