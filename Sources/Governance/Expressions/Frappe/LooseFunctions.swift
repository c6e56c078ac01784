internal import Values

extension Evaluator {
    /// A function of Frappe's dialects.
    mutating func looseCall(
        _ function: Function, _ arguments: [ExpressionValue], at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        let first = arguments.first ?? .null
        for argument in arguments { try payForText(argument, at: index) }
        switch function {
        case .cint, .cstr, .flt, .looseText, .looseNumber, .looseFloat, .looseInt, .looseBool, .typeOf:
            return looseConverted(function, arguments)
        case .inList, .looseIncludes: return .bool(try looselyContained(arguments[1], first, at: index))
        case .looseLength: return try length(first, at: index)
        case .looseIndexOf: return try looseIndex(of: arguments[1], in: first, at: index)
        case .looseStartsWith: return .bool(Loose.text(first).utf8.starts(with: Loose.text(arguments[1]).utf8))
        case .looseEndsWith:
            return .bool(Loose.text(first).utf8.reversed().starts(with: Loose.text(arguments[1]).utf8.reversed()))
        case .looseLower: return .string(Loose.text(first).lowercased())
        case .looseUpper: return .string(Loose.text(first).uppercased())
        case .looseTrim: return .string(Self.trimmed(Loose.text(first)))
        case .looseGet:
            guard case .map(let map) = first, case .string(let name) = arguments[1] else { return .null }
            let value = map[name] ?? .null
            return value.isNull && arguments.count > 2 ? arguments[2] : value
        case .looseAbs, .looseMax, .looseMin, .looseRound, .looseFloor, .looseCeil:
            return looseMath(function, arguments)
        case .looseJoin:
            guard case .list(let list) = first else { return .null }
            let separator = arguments.count > 1 ? Loose.text(arguments[1]) : ","
            let parts = list.elements.map { $0.isNull ? "" : Loose.text($0) }
            try pay(parts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count } >> 4, at: index)
            return .string(parts.joined(separator: separator))
        case .looseSplit:
            let parts = try split(Loose.text(first), Loose.text(arguments[1]), limit: .max, at: index)
            return ExpressionValue(parts.map { .string($0) })
        case .nowDate: return try nowDate(at: index)
        default: return nil
        }
    }

    private func looseConverted(_ function: Function, _ arguments: [ExpressionValue]) -> ExpressionValue {
        let first = arguments[0]
        switch function {
        case .cstr: return .string(first.isNull ? "" : Loose.text(first))
        case .looseText: return .string(Loose.text(first))
        case .looseBool: return .bool(Loose.isTrue(first, program.dialect))
        case .cint:
            if let whole = leadingWhole(first) { return .int(whole) }
            return arguments.count > 1 ? arguments[1] : .int(0)
        case .looseInt, .looseFloat:
            // JavaScript reads numbers from the text of a value: `null` and `true` have none.
            if program.dialect == .javascript, first.isNull || first.bool != nil { return .double(.nan) }
            if function == .looseInt { return leadingWhole(first).map { .int($0) } ?? .double(.nan) }
            return Self.leadingNumber(first).map(Loose.value) ?? .double(.nan)
        case .flt:
            let number = Self.leadingNumber(first, hasCommas: true) ?? .zero
            guard arguments.count > 1, let decimals = Loose.whole(arguments[1]) else { return Loose.value(number) }
            return Loose.value(number.rounded(Int(clamping: min(max(decimals, 0), 18)), .bankers))
        case .looseNumber:
            switch Loose.number(first) {
            case .exact(let number): return Loose.value(number)
            case .special(let number): return .double(number)
            }
        default: return .string(Self.typeName(first))
        }
    }

    private func leadingWhole(_ value: ExpressionValue) -> Int64? {
        guard let number = Self.leadingNumber(value, hasExponent: false) else { return nil }
        return Loose.settled(number, program.dialect).rounded(0, .down).wholeNumber
    }

    /// The number at the beginning of a text, perhaps with commas between thousands; `nil` when there is none.
    private static func leadingNumber(
        _ value: ExpressionValue, hasCommas: Bool = false, hasExponent: Bool = true
    ) -> Exact? {
        guard case .string(let text) = value else {
            if case .exact(let number) = Loose.number(value) { return number }
            return nil
        }
        var bytes = Array(trimmed(text).utf8)
        if hasCommas { bytes.removeAll { $0 == 0x2C } }
        var rest = bytes[...]
        if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest.removeFirst() }
        rest = rest.drop(while: Lexer.isDigit)
        if rest.first == 0x2E { rest = rest.dropFirst().drop(while: Lexer.isDigit) }
        var end = rest.startIndex
        if hasExponent, let letter = rest.first, letter | 0x20 == 0x65 {
            rest.removeFirst()
            if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest.removeFirst() }
            if let digit = rest.first, Lexer.isDigit(digit) { end = rest.drop(while: Lexer.isDigit).startIndex }
        }
        if end > 0, bytes[end - 1] == 0x2E { end -= 1 }
        let start = bytes.first == 0x2B ? 1 : 0
        guard start < end, let number = Exact(String(decoding: bytes[start..<end], as: UTF8.self)), number.isInRange
        else { return nil }
        return number
    }

    private static func typeName(_ value: ExpressionValue) -> String {
        switch value {
        case .null: "undefined"
        case .bool: "boolean"
        case .string, .timestamp, .duration: "string"
        case .list, .map, .bytes, .type, .optional: "object"
        default: "number"
        }
    }

    private func length(_ value: ExpressionValue, at index: Int32) throws(ExpressionProblem) -> ExpressionValue? {
        switch value {
        case .list(let list): .int(Int64(list.count))
        case .string(let text): .int(Int64(text.unicodeScalars.count))
        case .map(let map): map.count.map { .int(Int64($0)) }
        case .null: .int(0)
        default: nil
        }
    }

    private mutating func looseIndex(
        of element: ExpressionValue, in value: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        switch value {
        case .list(let list):
            for position in 0..<list.count {
                try pay(1, at: index)
                if try strictlyEqual(list[position], element, at: index) { return .int(Int64(position)) }
            }
            return .int(-1)
        case .null: return .int(-1)
        default:
            let found = TextSearch.first(
                of: Array(Loose.text(element).utf16), in: Array(Loose.text(value).utf16), from: 0)
            return .int(found.map(Int64.init) ?? -1)
        }
    }

    private func looseMath(_ function: Function, _ arguments: [ExpressionValue]) -> ExpressionValue {
        var numbers: [Exact] = []
        for argument in arguments {
            guard case .exact(let number) = Loose.number(argument) else { return .double(.nan) }
            numbers.append(number)
        }
        let first = numbers.first ?? .zero
        switch function {
        case .looseAbs: return Loose.value(first.magnitude)
        case .looseMax: return Loose.value(numbers.max() ?? first)
        case .looseMin: return Loose.value(numbers.min() ?? first)
        case .looseFloor: return Loose.value(Loose.settled(first, program.dialect).rounded(0, .floor))
        case .looseCeil: return Loose.value(Loose.settled(first, program.dialect).rounded(0, .ceiling))
        default:
            // Math.round goes up at the half, Python's round to even.
            if program.dialect == .javascript {
                return Loose.value((first + Exact(units: 5, scale: 1)).rounded(0, .floor))
            }
            let decimals = numbers.count > 1 ? numbers[1].wholeNumber ?? 0 : 0
            return Loose.value(first.rounded(Int(clamping: min(max(decimals, -18), 18)), .bankers))
        }
    }

    /// The day of the variable `now`.
    private func nowDate(at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        guard let slot = program.environment.variables.firstIndex(of: "now"),
            case .timestamp(let moment)? = scope.value(of: "now", slot: slot)
        else { throw problem(.noSuchValue, "there is no value for 'now' here", at: index) }
        return .string(moment.timestamp.day.description)
    }
}
