public import Values

extension JSON {
    /// A column's value as it stands in a document: decimals as numbers, days and moments as text.
    public init(_ value: Values.Value) {
        switch value {
        case .null, .outOfRange: self = .null
        case .int(let number): self = .int(number)
        case .decimal:
            let exact = value.exact ?? .zero
            self = exact.wholeNumber.map(JSON.int) ?? .decimal(exact)
        case .text(let text): self = .string(text)
        default: self = .string(value.description)
        }
    }
}

extension FieldDefinition {
    /// What a client sent, as the field's type.
    ///
    /// Numbers, days and flags may come as text; empty text is no value.
    ///
    /// - Throws: ``Problem/Kind/wrongType``; ``Problem/Kind/outOfRange``.
    public func value(of json: JSON, row: Int? = nil) throws -> Value {
        switch (type.column, json) {
        case (_, .null): return type.isNumeric ? Value(.zero, for: self) : .null
        case (.text, .string(let text)): return text.isEmpty ? .null : .text(text)
        case (.text, .int), (.text, .decimal), (.text, .object), (.text, .array):
            if case .array = json, isPlain { break }
            if case .object = json, isPlain { break }
            return .text(json.text)
        case (.integer, .bool(let flag)): return .int(flag ? 1 : 0)
        case (.integer, .int(let number)): return .int(type == .check ? (number != 0 ? 1 : 0) : number)
        case (.integer, .decimal(let number)):
            if let whole = try whole(number, row) { return .int(type == .check ? (whole != 0 ? 1 : 0) : whole) }
        case (.integer, .string(let text)):
            if text.isEmpty { return .int(0) }
            if type == .check, ["true", "True", "false", "False"].contains(text) {
                return .int(text.first == "t" || text.first == "T" ? 1 : 0)
            }
            if let number = Exact(text), let whole = try whole(number, row) {
                return .int(type == .check ? (whole != 0 ? 1 : 0) : whole)
            }
        case (.decimal, .int(let number)): return try fitting(Exact(number), row)
        case (.decimal, .decimal(let number)): return try fitting(number, row)
        case (.decimal, .bool(let flag)): return try fitting(flag ? .one : .zero, row)
        case (.decimal, .string(let text)):
            if text.isEmpty { return Value(.zero, for: self) }
            if let number = Exact(text) { return try fitting(number, row) }
        case (.day, .string(let text)):
            if text.isEmpty { return .null }
            if let day = Day.written(text) { return .day(day) }
        case (.timestamp, .string(let text)):
            if text.isEmpty { return .null }
            if let time = Timestamp(text) { return .timestamp(time) }
        case (.time, .string(let text)):
            if text.isEmpty { return .null }
            if let time = TimeOfDay(text) { return .time(time) }
        default: break
        }
        throw Problem(
            .wrongType, "\(label) must be \(expected), not \(short(json))", field: name, row: row,
            fix: "Send \(name) as \(expected).")
    }

    /// A value of another field, as the type of this one.
    ///
    /// - Throws: ``Problem/Kind/wrongType``; ``Problem/Kind/outOfRange``.
    package func fitting(_ value: Value) throws -> Value {
        switch (type.column, value) {
        case (.integer, .int(let number)) where type == .check: .int(number != 0 ? 1 : 0)
        case (_, .null), (.text, .text), (.integer, .int), (.day, .day), (.timestamp, .timestamp), (.time, .time): value
        case (.decimal(let own), .decimal(_, let other)) where own == other: value
        default: try self.value(of: JSON(value))
        }
    }

    private var isPlain: Bool { type.isLine || type == .smallText || type == .text || type == .longText }

    private func fitting(_ number: Exact, _ row: Int?) throws -> Value {
        let value = Value(number, for: self)
        guard value != .outOfRange else { throw tooLarge(row) }
        return value
    }

    /// The number as a whole one; nil when it has decimals.
    private func whole(_ number: Exact, _ row: Int?) throws -> Int64? {
        if let whole = number.wholeNumber { return whole }
        guard number.isInRange, number.magnitude <= Exact(Int64.max) else { throw tooLarge(row) }
        return nil
    }

    private func tooLarge(_ row: Int?) -> Problem {
        Problem(.outOfRange, "\(label) is larger than the field can hold", field: name, row: row)
    }

    private var expected: String {
        switch type.column {
        case .integer: type == .check ? "0 or 1" : "a whole number"
        case .decimal: "a number"
        case .day: "a date as YYYY-MM-DD"
        case .timestamp: "a moment as YYYY-MM-DD HH:MM:SS"
        case .time: "a time as HH:MM:SS"
        default: "text"
        }
    }

    private func short(_ json: JSON) -> String {
        let text = json.text
        return text.count > 40 ? String(text.prefix(40)) + "…" : text
    }
}

extension Value {
    /// A number in the type of the field's column.
    package init(_ exact: Exact, for field: FieldDefinition) {
        if case .decimal(let scale) = field.type.column {
            self = Value(exact, scale: Int(scale))
        } else {
            self = exact.wholeNumber.map(Value.int) ?? .outOfRange
        }
    }
}
