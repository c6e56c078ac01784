extension Evaluator {
    /// A function of evaluated arguments; the parser has checked how many there are.
    @inline(never)
    mutating func call(_ node: Node, at index: Int32) throws(ExpressionProblem) -> ExpressionValue {
        let arguments = try values(node.b, node.c)
        guard let function = Function(rawValue: UInt8(truncatingIfNeeded: node.a)) else {
            throw problem(.noSuchFunction, "there is no such function", at: index)
        }
        let result: ExpressionValue?
        switch function {
        case .size, .matches, .contains, .startsWith, .endsWith: result = try search(function, arguments, at: index)
        case .string, .int, .uint, .double, .bool, .bytes, .type, .dyn, .timestamp, .duration, .decimal, .date:
            result = try converted(function, arguments[0], at: index)
        case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getHours, .getMinutes,
            .getSeconds, .getMilliseconds:
            result = try part(function, arguments, at: index)
        case .charAt, .indexOf, .lastIndexOf, .join, .lowerAscii, .upperAscii, .replace, .split, .substring, .trim,
            .reverse, .quote, .format:
            result = try text(function, arguments, at: index)
        case .greatest, .least, .abs, .ceil, .floor, .round, .trunc, .sign, .isNaN, .isInf, .isFinite, .sqrt, .bitAnd,
            .bitOr, .bitXor, .bitNot, .bitShiftLeft, .bitShiftRight:
            result = try math(function, arguments, at: index)
        case .optionalOf, .optionalNone, .optionalOfNonZeroValue, .hasValue, .value:
            result = try optionalCall(function, arguments, at: index)
        default: result = try looseCall(function, arguments, at: index)
        }
        if let result { return result }
        let types = arguments.map(\.type.rawValue).joined(separator: ", ")
        throw problem(.noSuchOverload, "'\(function.name)' does not take (\(types))", at: index)
    }

    /// What looks into text, lists and maps. `nil` when there is no overload.
    private mutating func search(
        _ function: Function, _ arguments: [ExpressionValue], at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        if function == .size { return try size(arguments[0], at: index) }
        guard case .string(let text) = arguments[0], case .string(let other) = arguments[1] else { return nil }
        if function == .matches {
            try pay(other.utf8.count, at: index)
            do {
                let pattern = try Pattern(other, limit: program.environment.limits.patternSize)
                return .bool(try matches(pattern, text, at: index))
            } catch let fault as Pattern.Fault {
                throw problem(fault.isSize ? .tooLarge : .invalidArgument, fault.message, at: index)
            } catch let error as ExpressionProblem {
                throw error
            } catch {
                return nil
            }
        }
        try pay(bytes: text.utf8.count + other.utf8.count, at: index)
        let (a, b) = (Array(text.utf8), Array(other.utf8))
        switch function {
        case .contains: return .bool(TextSearch.first(of: b, in: a, from: 0) != nil)
        case .startsWith: return .bool(a.starts(with: b))
        default: return .bool(a.count >= b.count && a.suffix(b.count).elementsEqual(b))
        }
    }

    private mutating func size(_ value: ExpressionValue, at index: Int32) throws(ExpressionProblem) -> ExpressionValue?
    {
        switch value {
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            return .int(Int64(text.unicodeScalars.count))
        case .bytes(let bytes): return .int(Int64(bytes.count))
        case .list(let list): return .int(Int64(list.count))
        case .map(let map): return map.count.map { .int(Int64($0)) }
        default: return nil
        }
    }
}

/// Finding bytes in bytes.
enum TextSearch {
    /// Where the needle begins first, in time proportional to both (Knuth, Morris and Pratt 1977).
    static func first<Element: Equatable>(of needle: [Element], in hay: [Element], from start: Int) -> Int? {
        if needle.isEmpty { return start <= hay.count ? start : nil }
        guard hay.count - start >= needle.count else { return nil }
        var fallback = [0]
        var matched = 0
        for at in needle.indices.dropFirst() {
            while matched > 0, needle[at] != needle[matched] { matched = fallback[matched - 1] }
            if needle[at] == needle[matched] { matched += 1 }
            fallback.append(matched)
        }
        matched = 0
        for at in start..<hay.count {
            while matched > 0, hay[at] != needle[matched] { matched = fallback[matched - 1] }
            if hay[at] == needle[matched] { matched += 1 }
            if matched == needle.count { return at + 1 - matched }
        }
        return nil
    }
}
