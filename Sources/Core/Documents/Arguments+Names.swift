internal import Values

extension Arguments {
    /// An argument as a list of names: JSON, or one name.
    ///
    /// - Throws: ``Problem/Kind/mandatory``, ``Problem/Kind/wrongType``, ``Problem/Kind/tooMany``.
    package func names(_ argument: String) throws -> [String] {
        switch try json(argument) {
        case .array(let list)?:
            guard list.count <= Limits.documentsPerCall else {
                throw Problem(
                    .tooMany, "More than \(Limits.documentsPerCall) in one call", field: argument,
                    fix: "Send fewer at once.")
            }
            return try list.map { one in
                switch one {
                case .string(let name): return name
                case .int(let number): return String(number)
                default: throw Problem(.wrongType, "\(argument) must be a list of names", field: argument)
                }
            }
        case .string(let name)?: return [name]
        case .int(let number)?: return [String(number)]
        default: throw Problem(.mandatory, "The argument \(argument) is missing", field: argument)
        }
    }
}
