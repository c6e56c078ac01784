/// The functions of the language. Methods take what stands before the point as their first argument.
enum Function: UInt8, Sendable, CaseIterable {
    case size
    case string, int, uint, double, bool, bytes, type, dyn, timestamp, duration, decimal, date
    case matches, contains, startsWith, endsWith
    case getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear
    case getHours, getMinutes, getSeconds, getMilliseconds
    case charAt, indexOf, lastIndexOf, join, lowerAscii, upperAscii, replace, split, substring, trim, reverse, quote,
        format
    case greatest, least, abs, ceil, floor, round, trunc, sign, isNaN, isInf, isFinite, sqrt
    case bitAnd, bitOr, bitXor, bitNot, bitShiftLeft, bitShiftRight
    case optionalOf, optionalNone, optionalOfNonZeroValue, hasValue, value

    // Only in the dialects of Frappe.
    case cint, cstr, flt, inList, looseLength, looseIncludes, looseIndexOf, looseStartsWith, looseEndsWith
    case looseLower, looseUpper, looseTrim, looseText, looseNumber, looseFloat, looseInt, looseBool, typeOf, looseGet
    case looseAbs, looseMax, looseMin, looseRound, looseFloor, looseCeil, nowDate, looseJoin, looseSplit
}

/// How a function is called: its name and number of arguments, and whether it is a method.
struct Signature: Sendable {
    let function: Function
    /// How many arguments, with the one before the point.
    let arity: ClosedRange<Int>

    /// CEL's functions, by name; a point before it marks a method.
    static let cel: [String: Signature] = {
        var table: [String: Signature] = [:]
        func global(_ name: String, _ function: Function, _ arity: ClosedRange<Int> = 1...1) {
            table[name] = Signature(function: function, arity: arity)
        }
        func method(_ name: String, _ function: Function, _ arity: ClosedRange<Int>) {
            table["." + name] = Signature(function: function, arity: arity.lowerBound + 1...arity.upperBound + 1)
        }
        global("size", .size)
        global("string", .string)
        global("int", .int)
        global("uint", .uint)
        global("double", .double)
        global("bool", .bool)
        global("bytes", .bytes)
        global("type", .type)
        global("dyn", .dyn)
        global("timestamp", .timestamp)
        global("duration", .duration)
        global("decimal", .decimal)
        global("date", .date)
        global("matches", .matches, 2...2)
        global("math.greatest", .greatest, 1...32)
        global("math.least", .least, 1...32)
        global("math.abs", .abs)
        global("math.ceil", .ceil)
        global("math.floor", .floor)
        global("math.round", .round, 1...2)
        global("math.trunc", .trunc)
        global("math.sign", .sign)
        global("math.isNaN", .isNaN)
        global("math.isInf", .isInf)
        global("math.isFinite", .isFinite)
        global("math.sqrt", .sqrt)
        global("math.bitAnd", .bitAnd, 2...2)
        global("math.bitOr", .bitOr, 2...2)
        global("math.bitXor", .bitXor, 2...2)
        global("math.bitNot", .bitNot)
        global("math.bitShiftLeft", .bitShiftLeft, 2...2)
        global("math.bitShiftRight", .bitShiftRight, 2...2)
        global("optional.of", .optionalOf)
        global("optional.none", .optionalNone, 0...0)
        global("optional.ofNonZeroValue", .optionalOfNonZeroValue)
        method("hasValue", .hasValue, 0...0)
        method("value", .value, 0...0)
        global("strings.quote", .quote)
        method("format", .format, 1...1)
        method("size", .size, 0...0)
        method("matches", .matches, 1...1)
        method("contains", .contains, 1...1)
        method("startsWith", .startsWith, 1...1)
        method("endsWith", .endsWith, 1...1)
        method("getFullYear", .getFullYear, 0...1)
        method("getMonth", .getMonth, 0...1)
        method("getDate", .getDate, 0...1)
        method("getDayOfMonth", .getDayOfMonth, 0...1)
        method("getDayOfWeek", .getDayOfWeek, 0...1)
        method("getDayOfYear", .getDayOfYear, 0...1)
        method("getHours", .getHours, 0...1)
        method("getMinutes", .getMinutes, 0...1)
        method("getSeconds", .getSeconds, 0...1)
        method("getMilliseconds", .getMilliseconds, 0...1)
        method("charAt", .charAt, 1...1)
        method("indexOf", .indexOf, 1...2)
        method("lastIndexOf", .lastIndexOf, 1...2)
        method("join", .join, 0...1)
        method("lowerAscii", .lowerAscii, 0...0)
        method("upperAscii", .upperAscii, 0...0)
        method("replace", .replace, 2...3)
        method("split", .split, 1...2)
        method("substring", .substring, 1...2)
        method("trim", .trim, 0...0)
        method("reverse", .reverse, 0...0)
        return table
    }()

    /// The functions of Frappe's conditions, JavaScript's and Python's names together.
    static let frappe: [String: Signature] = {
        var table: [String: Signature] = [:]
        func global(_ names: String, _ function: Function, _ arity: ClosedRange<Int> = 1...1) {
            for name in names.split(separator: " ") {
                table[String(name)] = Signature(function: function, arity: arity)
            }
        }
        func method(_ names: String, _ function: Function, _ arity: ClosedRange<Int>) {
            for name in names.split(separator: " ") {
                let arity = arity.lowerBound + 1...arity.upperBound + 1
                table["." + String(name)] = Signature(function: function, arity: arity)
            }
        }
        global("cint frappe.utils.cint", .cint, 1...2)
        global("cstr frappe.utils.cstr", .cstr)
        global("flt frappe.utils.flt", .flt, 1...2)
        global("in_list", .inList, 2...2)
        global("len", .looseLength)
        global("String str", .looseText)
        global("Number float", .looseNumber)
        global("parseFloat", .looseFloat)
        global("parseInt int", .looseInt, 1...2)
        global("Boolean bool", .looseBool)
        global("Math.abs abs", .looseAbs)
        global("Math.max max", .looseMax, 1...32)
        global("Math.min min", .looseMin, 1...32)
        global("Math.round", .looseRound)
        global("round", .looseRound, 1...2)
        global("Math.floor", .looseFloor)
        global("Math.ceil", .looseCeil)
        global(
            "frappe.datetime.now_date frappe.datetime.nowdate frappe.datetime.get_today frappe.utils.nowdate"
                + " frappe.utils.today nowdate today", .nowDate, 0...0)
        method("includes", .looseIncludes, 1...1)
        method("indexOf", .looseIndexOf, 1...1)
        method("startsWith startswith", .looseStartsWith, 1...1)
        method("endsWith endswith", .looseEndsWith, 1...1)
        method("toLowerCase lower", .looseLower, 0...0)
        method("toUpperCase upper", .looseUpper, 0...0)
        method("trim strip", .looseTrim, 0...0)
        method("toString", .looseText, 0...0)
        method("get", .looseGet, 1...2)
        method("join", .looseJoin, 0...1)
        method("split", .looseSplit, 1...1)
        return table
    }()
}

extension Function {
    /// The name in the text of a compiled expression.
    var name: String {
        switch self {
        case .greatest, .least, .abs, .ceil, .floor, .round, .trunc, .sign, .isNaN, .isInf, .isFinite, .sqrt, .bitAnd,
            .bitOr, .bitXor, .bitNot, .bitShiftLeft, .bitShiftRight:
            "math.\(self)"
        case .quote: "strings.quote"
        case .optionalOf: "optional.of"
        case .optionalNone: "optional.none"
        case .optionalOfNonZeroValue: "optional.ofNonZeroValue"
        default: "\(self)"
        }
    }

    /// Whether it is written after a point.
    var isMethod: Bool {
        switch self {
        case .matches, .contains, .startsWith, .endsWith, .getFullYear, .getMonth, .getDate, .getDayOfMonth,
            .getDayOfWeek, .getDayOfYear, .getHours, .getMinutes, .getSeconds, .getMilliseconds, .charAt, .indexOf,
            .lastIndexOf, .join, .lowerAscii, .upperAscii, .replace, .split, .substring, .trim, .reverse, .format,
            .hasValue, .value:
            true
        default: false
        }
    }
}
