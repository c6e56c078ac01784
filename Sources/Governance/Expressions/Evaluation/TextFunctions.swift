extension Evaluator {
    /// CEL's strings extension (doc/extensions/strings.md). Positions count code points. `nil` when there is no overload.
    mutating func text(
        _ function: Function, _ arguments: [ExpressionValue], at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue?
    {
        if function == .join { return try joined(arguments, at: index) }
        guard case .string(let text) = arguments[0] else { return nil }
        try pay(bytes: text.utf8.count, at: index)
        switch function {
        case .lowerAscii: return .string(Self.mapped(text) { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 })
        case .upperAscii: return .string(Self.mapped(text) { 0x61...0x7A ~= $0 ? $0 & 0xDF : $0 })
        case .trim: return .string(Self.trimmed(text))
        case .reverse: return .string(Self.string(Array(text.unicodeScalars.reversed())[...]))
        case .charAt:
            guard case .int(let position) = arguments[1] else { return nil }
            let scalars = try scalars(text, at: index)
            guard 0...Int64(scalars.count) ~= position else { throw outOfBounds(position, at: index) }
            return .string(position == Int64(scalars.count) ? "" : String(Character(scalars[Int(position)])))
        case .quote: return .string(try quoted(text, at: index))
        case .format:
            guard case .list(let values) = arguments[1] else { return nil }
            return .string(try formatted(text, values, at: index))
        case .substring: return try substring(text, arguments, at: index)
        case .indexOf, .lastIndexOf: return try position(function, text, arguments, at: index)
        case .replace: return try replaced(text, arguments, at: index)
        default: return try split(text, arguments, at: index)
        }
    }

    private mutating func scalars(_ text: String, at index: Int32) throws(ExpressionProblem) -> [Unicode.Scalar] {
        try pay(text.utf8.count >> 3, at: index)
        return Array(text.unicodeScalars)
    }

    private func outOfBounds(_ position: Int64, at index: Int32) -> ExpressionProblem {
        problem(.invalidIndex, "the text has no position \(position)", at: index)
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func mapped(_ text: String, _ change: (UInt8) -> UInt8) -> String {
        String(decoding: text.utf8.map(change), as: UTF8.self)
    }

    /// Without white space at both ends, as Unicode defines it.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[start...end])
    }

    private mutating func substring(
        _ text: String, _ arguments: [ExpressionValue], at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        guard case .int(let start) = arguments[1] else { return nil }
        let scalars = try scalars(text, at: index)
        var end = Int64(scalars.count)
        if arguments.count > 2 {
            guard case .int(let given) = arguments[2] else { return nil }
            end = given
        }
        guard start >= 0, start <= Int64(scalars.count) else { throw outOfBounds(start, at: index) }
        guard end >= start, end <= Int64(scalars.count) else { throw outOfBounds(end, at: index) }
        return .string(Self.string(scalars[Int(start)..<Int(end)]))
    }

    private mutating func position(
        _ function: Function, _ text: String, _ arguments: [ExpressionValue], at index: Int32
    ) throws(ExpressionProblem) -> ExpressionValue? {
        guard case .string(let other) = arguments[1] else { return nil }
        let hay = try scalars(text, at: index)
        let needle = try scalars(other, at: index)
        var from: Int64 = function == .indexOf ? 0 : Int64(hay.count)
        if arguments.count > 2 {
            guard case .int(let given) = arguments[2] else { return nil }
            guard given >= 0, given <= Int64(hay.count) else { throw outOfBounds(given, at: index) }
            from = given
        }
        if function == .indexOf {
            return .int(TextSearch.first(of: needle, in: hay, from: Int(from)).map(Int64.init) ?? -1)
        }
        // The last that begins at or before `from` is the first of the text turned around.
        let end = min(Int(from) + needle.count, hay.count)
        let found = TextSearch.first(of: needle.reversed(), in: hay[..<end].reversed(), from: 0)
        return .int(found.map { Int64(end - $0 - needle.count) } ?? -1)
    }

    private mutating func replaced(
        _ text: String, _ arguments: [ExpressionValue], at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        guard case .string(let old) = arguments[1], case .string(let new) = arguments[2] else { return nil }
        var left = Int64.max
        if arguments.count > 3 {
            guard case .int(let limit) = arguments[3] else { return nil }
            left = limit < 0 ? .max : limit
        }
        let hay = try scalars(text, at: index)
        let needle = try scalars(old, at: index)
        let insert = try scalars(new, at: index)
        var result: [Unicode.Scalar] = []
        var at = 0
        for start in TextSearch.all(of: needle, in: hay) where left > 0 {
            try pay((insert.count + start - at) >> 3, at: index)
            result += hay[at..<start]
            result += insert
            at = start + needle.count
            left -= 1
        }
        result += hay[at...]
        return .string(Self.string(result[...]))
    }

    private mutating func split(
        _ text: String, _ arguments: [ExpressionValue], at index: Int32
    )
        throws(ExpressionProblem) -> ExpressionValue?
    {
        guard case .string(let separator) = arguments[1] else { return nil }
        var limit = Int64.max
        if arguments.count > 2 {
            guard case .int(let given) = arguments[2] else { return nil }
            limit = given < 0 ? .max : given
        }
        if limit == 0 { return ExpressionValue([ExpressionValue]()) }
        let parts = try split(text, separator, limit: limit, at: index)
        return ExpressionValue(parts.map { .string($0) })
    }

    /// The parts of a text between separators; with an empty one its characters.
    mutating func split(
        _ text: String, _ separator: String, limit: Int64, at index: Int32
    ) throws(ExpressionProblem)
        -> [String]
    {
        let hay = try scalars(text, at: index)
        let needle = try scalars(separator, at: index)
        var parts: [String] = []
        var at = 0
        var places = TextSearch.all(of: needle, in: hay)
        if needle.isEmpty { places = places.filter { $0 > 0 && $0 < hay.count } }
        for start in places where Int64(parts.count) < limit - 1 {
            try pay(1, at: index)
            parts.append(Self.string(hay[at..<start]))
            at = start + needle.count
        }
        if !(needle.isEmpty && hay.isEmpty) { parts.append(Self.string(hay[at...])) }
        return parts
    }

    private mutating func joined(
        _ arguments: [ExpressionValue], at index: Int32
    ) throws(ExpressionProblem)
        -> ExpressionValue?
    {
        guard case .list(let list) = arguments[0] else { return nil }
        var separator = ""
        if arguments.count > 1 {
            guard case .string(let given) = arguments[1] else { return nil }
            separator = given
        }
        var result = ""
        for position in 0..<list.count {
            let element = list[position]
            guard case .string(let part) = element else { throw noSuchOverload("join", element, at: index) }
            try pay(1 + (part.utf8.count + separator.utf8.count) >> 4, at: index)
            if position > 0 { result += separator }
            result += part
        }
        return .string(result)
    }
}

extension TextSearch {
    /// Where the needle begins, without overlaps; an empty one at every position and at the end.
    static func all<Element: Equatable>(of needle: [Element], in hay: [Element]) -> [Int] {
        if needle.isEmpty { return Array(0...hay.count) }
        guard needle.count <= hay.count else { return [] }
        var fallback = [0]
        var matched = 0
        for at in needle.indices.dropFirst() {
            while matched > 0, needle[at] != needle[matched] { matched = fallback[matched - 1] }
            if needle[at] == needle[matched] { matched += 1 }
            fallback.append(matched)
        }
        var places: [Int] = []
        matched = 0
        for at in hay.indices {
            while matched > 0, hay[at] != needle[matched] { matched = fallback[matched - 1] }
            if hay[at] == needle[matched] { matched += 1 }
            if matched == needle.count {
                places.append(at + 1 - matched)
                matched = 0
            }
        }
        return places
    }
}
