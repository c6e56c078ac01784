internal import Storage

extension StorageError {
    /// The failure that a reply tells of. Codes are those of PostgreSQL's appendix A, "PostgreSQL Error Codes".
    init(_ reply: Reply) {
        let state = reply.errorField("C") ?? ""
        let message = reply.errorField("M") ?? "the server gave no reason"
        switch state {
        case "23505":
            self = .duplicate(columns: Self.columns(of: reply))
        // Raised by our own triggers.
        case "P0001": self = .forbidden(message)
        // The only checks are those of ranges.
        case "22003", "23514": self = .outOfRange
        case "57014": self = .timedOut
        case "55P03", "40001", "40P01": self = .busy
        case "53100": self = .diskFull
        case "53300": self = .unavailable(message)
        // A file of the server's, or a server that takes no writes.
        case "58030", "58P01", "25006": self = .inaccessible(message)
        case "XX001", "XX002": self = .corrupt(message)
        case "22021", "22P05": self = .invalidText
        default:
            let prefix = state.prefix(2)
            if prefix == "08" || state == "57P01" || state == "57P02" || state == "57P03" || state.isEmpty {
                self = .unavailable(message)
            } else {
                self = .failed(code: Int(state, radix: 36) ?? 0, message: "\(state): \(message)")
            }
        }
    }

    /// The columns of a unique index, as `table.column`: the server names them in "Key (a, b)=(…) already exists".
    private static func columns(of reply: Reply) -> [String] {
        let table = reply.errorField("t") ?? ""
        guard let detail = reply.errorField("D"), let open = detail.firstIndex(of: "("),
            let end = detail.firstRange(of: ")=(")?.lowerBound, open < end
        else { return [table] }
        return detail[detail.index(after: open)..<end].split(separator: ", ").map { name in
            var name = String(name)
            if name.hasPrefix("\""), name.hasSuffix("\""), name.count > 1 {
                name = name.dropFirst().dropLast().split(separator: "\"\"", omittingEmptySubsequences: false)
                    .joined(separator: "\"")
            }
            return "\(table).\(name)"
        }
    }
}

extension Reply {
    /// What has to be done beside telling the body.
    enum Remedy {
        /// The body has failed.
        case none
        /// What other programs do stood in its way: the body may run again.
        case again
        /// A table has another shape than when the statement was prepared: forget the prepared ones and run again.
        case prepareAgain
        /// The connection is gone.
        case reconnect
    }

    /// What to do about this error.
    var remedy: Remedy {
        let state = errorField("C") ?? ""
        switch state {
        case "40001", "40P01", "55P03": return .again
        case "0A000" where (errorField("R") ?? "") == "RevalidateCachedQuery": return .prepareAgain
        case "26000": return .prepareAgain
        default:
            let severity = errorField("V") ?? errorField("S") ?? "FATAL"
            return severity == "FATAL" || severity == "PANIC" || state.isEmpty ? .reconnect : .none
        }
    }
}
