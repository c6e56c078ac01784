import Tenancy
import Values

/// One file of the sample data: comma-separated values, of which the first record names the columns.
struct NorthwindTable {
    /// What is wrong with a file.
    struct Fault: Error, CustomStringConvertible {
        let file: String
        let line: Int
        let reason: String
        var description: String { "northwind/\(file).csv, line \(line): \(reason)" }
    }

    /// A record, whose values are reached by column.
    struct Row {
        fileprivate let file: String
        fileprivate let columns: [String: Int]
        fileprivate let record: CSVRecord

        /// The text of a column, which may be empty.
        func text(_ column: String) throws -> String {
            guard let index = columns[column] else { throw fault("there is no column \(column)") }
            return record.fields[index]
        }
        /// The whole number of a column.
        func int(_ column: String) throws -> Int { try value(column, Int.init) }
        /// The decimal number of a column.
        func exact(_ column: String) throws -> Exact { try value(column, Exact.init) }
        /// The day of a column.
        func day(_ column: String) throws -> Day { try value(column, Day.init) }

        private func value<T>(_ column: String, _ read: (String) -> T?) throws -> T {
            let text = try text(column)
            guard let value = read(text) else { throw fault("\(column) cannot be “\(text)”") }
            return value
        }
        private func fault(_ reason: String) -> Fault { Fault(file: file, line: record.line, reason: reason) }
    }

    /// The records after the first.
    let rows: [Row]

    /// Reads a file.
    ///
    /// - Throws: ``Fault`` for a record with too few or too many values; `CSVError`.
    init(_ file: String, _ text: String) throws {
        var reader = CSVReader(text)
        let header = try reader.next()?.fields ?? []
        let columns = Dictionary(zip(header, header.indices), uniquingKeysWith: { first, _ in first })
        var rows: [Row] = []
        while let record = try reader.next() {
            guard record.fields.count == header.count else {
                throw Fault(
                    file: file, line: record.line, reason: "\(record.fields.count) values, not \(header.count)")
            }
            rows.append(Row(file: file, columns: columns, record: record))
        }
        self.rows = rows
    }
}
