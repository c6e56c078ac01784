internal import Values

extension Evaluator {
    /// A conversion of one type to another; `nil` when there is no overload.
    mutating func converted(
        _ function: Function, _ value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue?
    {
        switch function {
        case .dyn: return value
        case .type: return .type(value.type)
        case .string: return try string(value, at: index)
        case .int: return try int(value, at: index)
        case .uint: return try uint(value, at: index)
        case .double: return try double(value, at: index)
        case .decimal: return try decimal(value, at: index)
        case .bool: return try bool(value, at: index)
        case .bytes: return try bytes(value, at: index)
        case .timestamp: return try timestamp(value, at: index)
        case .duration: return try duration(value, at: index)
        default: return try date(value, at: index)
        }
    }

    private func outside(_ type: String, _ value: ExpressionValue, at index: Int32) -> ExpressionProblem {
        problem(.range, "the number does not fit the type \(type)", at: index)
    }

    private func unreadable(_ type: String, at index: Int32) -> ExpressionProblem {
        problem(.invalidArgument, "the text is not of the form of a \(type)", at: index)
    }

    private mutating func string(
        _ value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue? {
        switch value {
        case .string: return value
        case .int(let number): return .string(String(number))
        case .uint(let number): return .string(String(number))
        case .double, .literal:
            let text = PlainNumber.text(Numbers.double(value) ?? .nan)
            try pay(text.utf8.count >> 2, at: index)
            return .string(text)
        case .decimal(let number): return .string(number.description)
        case .bool(let value): return .string(value ? "true" : "false")
        case .timestamp(let moment): return .string(moment.description)
        case .duration(let span): return .string(span.description)
        case .bytes(let bytes):
            try pay(bytes: bytes.count, at: index)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw problem(.invalidArgument, "the bytes are not UTF-8", at: index)
            }
            return .string(text)
        default: return nil
        }
    }

    private mutating func int(_ value: ExpressionValue, at index: Int32) throws(ExpressionProblem) -> ExpressionValue? {
        let result: Int64?
        switch value {
        case .int: return value
        case .uint(let number): result = Int64(exactly: number)
        case .double, .literal:
            // The bounds are excluded, as the specification has it: they are where doubles are no longer exact.
            let number = Numbers.double(value) ?? .nan
            result = number > -0x1p63 && number < 0x1p63 ? Int64(number) : nil
        case .decimal(let number): result = number.rounded(0, .down).wholeNumber
        case .timestamp(let moment): return .int(moment.seconds)
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            guard let number = Int64(text), !text.hasPrefix("+") else { throw unreadable("int", at: index) }
            return .int(number)
        default: return nil
        }
        guard let result else { throw outside("int", value, at: index) }
        return .int(result)
    }

    private mutating func uint(_ value: ExpressionValue, at index: Int32) throws(ExpressionProblem) -> ExpressionValue?
    {
        let result: UInt64?
        switch value {
        case .uint: return value
        case .int(let number): result = UInt64(exactly: number)
        case .double, .literal:
            let number = Numbers.double(value) ?? .nan
            result = number >= 0 && number < 0x1p64 ? UInt64(number) : nil
        case .decimal(let number):
            result = number.isNegative ? nil : UInt64(number.rounded(0, .down).description)
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            guard let number = UInt64(text), !text.hasPrefix("+") else { throw unreadable("uint", at: index) }
            return .uint(number)
        default: return nil
        }
        guard let result else { throw outside("uint", value, at: index) }
        return .uint(result)
    }

    private mutating func double(
        _ value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue? {
        switch value {
        case .double: return value
        case .literal(let number): return .double(number.double)
        case .int(let number): return .double(Double(number))
        case .uint(let number): return .double(Double(number))
        case .decimal(let number): return Double(number.description).map { .double($0) }
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            guard !text.utf8.contains(where: { $0 | 0x20 == 0x78 || $0 == 0x28 }), let number = Double(text) else {
                throw unreadable("double", at: index)
            }
            if number.isInfinite, text.utf8.contains(where: Lexer.isDigit) {
                throw outside("double", value, at: index)
            }
            return .double(number)
        default: return nil
        }
    }

    /// Numbers as exact decimals. A computed double becomes the shortest decimal that reads back as it.
    private mutating func decimal(
        _ value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue? {
        switch value {
        case .int, .uint, .literal, .decimal: return value.exact.map { .decimal($0) }
        case .double(let number):
            guard number.isFinite, let exact = Exact(PlainNumber.text(number)), exact.isInRange else {
                throw outside("decimal", value, at: index)
            }
            return .decimal(exact)
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            guard let exact = Exact(text) else { throw unreadable("decimal", at: index) }
            guard exact.isInRange else { throw outside("decimal", value, at: index) }
            return .decimal(exact)
        default: return nil
        }
    }

    private mutating func bool(_ value: ExpressionValue, at index: Int32) throws(ExpressionProblem) -> ExpressionValue?
    {
        switch value {
        case .bool: return value
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            switch text {
            case "1", "t", "true", "TRUE", "True": return .bool(true)
            case "0", "f", "false", "FALSE", "False": return .bool(false)
            default: throw unreadable("bool", at: index)
            }
        default: return nil
        }
    }

    private mutating func bytes(_ value: ExpressionValue, at index: Int32) throws(ExpressionProblem) -> ExpressionValue?
    {
        switch value {
        case .bytes: return value
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            return .bytes(Array(text.utf8))
        default: return nil
        }
    }

    private mutating func timestamp(
        _ value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue? {
        switch value {
        case .timestamp: return value
        case .int(let seconds):
            guard let moment = ExpressionMoment(seconds: seconds) else { throw outside("moment", at: index) }
            return .timestamp(moment)
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            guard let moment = ExpressionMoment(rfc3339: text) else {
                throw problem(
                    .range, "the text is not a moment as RFC 3339 writes it, in the years 1 to 9999", at: index)
            }
            return .timestamp(moment)
        default: return nil
        }
    }

    private mutating func duration(
        _ value: ExpressionValue, at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue? {
        switch value {
        case .duration: return value
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            do {
                return .duration(try ExpressionDuration(text))
            } catch {
                if error == .range { throw outside("span", at: index) }
                throw unreadable("duration, such as 1h30m", at: index)
            }
        default: return nil
        }
    }

    /// The day of a text or moment, as the moment at which it begins.
    private mutating func date(_ value: ExpressionValue, at index: Int32) throws(ExpressionProblem) -> ExpressionValue?
    {
        switch value {
        case .timestamp(let moment): return .timestamp(ExpressionMoment(moment.timestamp.day))
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            guard let day = Day(text) else { throw unreadable("day, YYYY-MM-DD", at: index) }
            return .timestamp(ExpressionMoment(day))
        default: return nil
        }
    }
}

extension Evaluator {
    /// A part of a moment, perhaps in another zone, or a span in whole units.
    mutating func part(
        _ function: Function, _ arguments: [ExpressionValue], at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue?
    {
        if case .duration(let span) = arguments[0], arguments.count == 1 {
            return Self.part(function, span.nanoseconds).map { .int($0) }
        }
        guard case .timestamp(let moment) = arguments[0] else { return nil }
        var local = moment.timestamp
        if arguments.count > 1 {
            guard case .string(let zone) = arguments[1] else { return nil }
            // Asking the database of zones takes longer than a step.
            try pay(16 + zone.utf8.count >> 4, at: index)
            guard let zone = Zone(zone) else {
                throw problem(
                    .invalidArgument, "a zone is given as +HH:MM, UTC or a place such as Europe/Berlin", at: index)
            }
            local = local.adding(seconds: zone.secondsAhead(at: moment))
        }
        return .int(Int64(Self.part(function, local)))
    }

    private static func part(_ function: Function, _ nanoseconds: Int64) -> Int64? {
        switch function {
        case .getHours: nanoseconds / 3_600_000_000_000
        case .getMinutes: nanoseconds / 60_000_000_000
        case .getSeconds: nanoseconds / 1_000_000_000
        case .getMilliseconds: nanoseconds / 1_000_000 % 1000
        default: nil
        }
    }

    private static func part(_ function: Function, _ moment: Timestamp) -> Int {
        switch function {
        case .getFullYear: moment.day.year
        case .getMonth: moment.day.month - 1
        case .getDate: moment.day.day
        case .getDayOfMonth: moment.day.day - 1
        case .getDayOfWeek: moment.day.weekday % 7
        case .getDayOfYear: moment.day.dayOfYear - 1
        case .getHours: moment.time.hour
        case .getMinutes: moment.time.minute
        case .getSeconds: moment.time.second
        default: moment.time.microsecond / 1000
        }
    }
}
