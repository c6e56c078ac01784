public import Documents
public import Values

/// One cell or row of a file that cannot be imported, and why.
public struct ImportProblem: Sendable, Equatable {
    /// The row, counted from 1 behind the header; 0 for the header.
    public let row: Int
    /// The line of the file that the row begins on; the header is on line 1.
    public let line: Int
    /// The column as the file names it, or the field if the file has no such column; "" when it is the whole row.
    public let column: String
    /// What the file holds there, cut to 100 characters.
    public let value: String
    /// What is wrong. Its own row number, if any, counts rows of a child table.
    public let problem: Problem

    /// A problem at a place of the file.
    init(_ problem: Problem, row: Int, line: Int, column: String, value: String) {
        self.row = row
        self.line = line
        self.column = column
        self.value = value.count > 100 ? String(value.prefix(100)) + "…" : value
        var problem = problem
        // The row of the file says it better than the row of the child table.
        if let number = problem.row { problem.text.remove(first: "Row \(number): ") }
        self.problem = problem
    }

    /// The problem in one line for people.
    public var text: String {
        var text = row == 0 ? "Header" : "Row \(row) (line \(line))"
        if !column.isEmpty, row > 0 { text += ", column \(column)" }
        if !value.isEmpty { text += ", value \"\(value)\"" }
        let end = problem.message.hasSuffix(".") ? "" : "."
        return text + ": \(problem.message)\(end)" + (problem.fix.map { " \($0)" } ?? "")
    }

    /// The problem for programs.
    public var json: JSON {
        var object: JSONObject = [
            "row": .int(Int64(row)), "line": .int(Int64(line)), "column": .string(column), "value": .string(value),
            "code": .string(problem.kind.code), "message": .string(problem.message),
        ]
        object["field"] = problem.field.map(JSON.string)
        object["fix"] = problem.fix.map(JSON.string)
        return .object(object)
    }
}

/// A file was not imported, or not to its end, because of these problems.
public struct ImportRefused: Error, Sendable {
    /// What is wrong, in the order of the file.
    public let problems: [ImportProblem]
    /// Whether the search stopped at ``Import/mostProblems``; the rest of the file was not looked at.
    public let isCutOff: Bool
    /// The header of the file.
    public let header: [String]
    /// What was imported all the same, in parts before; nil when nothing was.
    public var before: ImportReport?
    /// The DocType, where files of several are imported.
    public var doctype: String?
}

/// What an import did.
public struct ImportReport: Sendable, Equatable {
    /// How many rows the file has behind its header.
    public var rows = 0
    /// How many documents were added.
    public var created = 0
    /// How many documents were found and written, whether or not anything differed.
    public var updated = 0
    /// How many of them were submitted.
    public var submitted = 0
    /// Columns that were left out, because the server sets what they hold.
    public var ignored: [String] = []
    /// How the file was read.
    public var findings = ImportFindings()
    /// The rows that an earlier run had imported before it was stopped.
    public var rowsBefore = 0
    /// Whether the file was written in parts, with other writers in between.
    public var isInParts = false
    /// Whether the rules of the DocType were asked; a dry run of a long file asks only what costs no writing.
    public var isTried = true

    /// The report for programs.
    public var json: JSON {
        [
            "rows": .int(Int64(rows)), "created": .int(Int64(created)), "updated": .int(Int64(updated)),
            "submitted": .int(Int64(submitted)), "ignored_columns": .array(ignored.map(JSON.string)),
            "rows_before": .int(Int64(rowsBefore)), "in_parts": .bool(isInParts), "found": findings.json,
        ]
    }
}
