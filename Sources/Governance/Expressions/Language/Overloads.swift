/// Which types a function takes, and which it gives.
struct Overload: Sendable {
    /// The types that each argument may have.
    var arguments: [[ExpressionStaticType]]
    /// How many arguments there must be.
    var required: Int
    var result: ExpressionStaticType

    /// Whether it takes arguments of these types.
    func takes(_ types: [ExpressionStaticType]) -> Bool {
        guard required...arguments.count ~= types.count else { return false }
        return zip(types, arguments).allSatisfy { type, wanted in wanted.contains { type.fits($0) } }
    }

    /// Those of CEL's functions whose result does not depend on the type that a parameter stands for.
    static let all: [Function: [Overload]] = {
        var table: [Function: [Overload]] = [:]
        func add(
            _ functions: [Function], _ arguments: [ExpressionStaticType]..., optional: Int = 0,
            result: ExpressionStaticType
        ) {
            for function in functions {
                table[function, default: []].append(
                    Overload(arguments: arguments, required: arguments.count - optional, result: result))
            }
        }
        add([.size], [.string, .bytes, .list(.dyn), .map(.dyn, .dyn)], result: .int)
        add(
            [.string],
            [.string, .bool, .int, .uint, .double, .decimal, .bytes, .timestamp, .duration], result: .string)
        add([.int], [.int, .uint, .double, .decimal, .string, .timestamp], result: .int)
        add([.uint], [.int, .uint, .double, .decimal, .string], result: .uint)
        add([.double], [.int, .uint, .double, .decimal, .string], result: .double)
        add([.decimal], [.int, .uint, .double, .decimal, .string], result: .decimal)
        add([.bool], [.bool, .string], result: .bool)
        add([.bytes], [.bytes, .string], result: .bytes)
        add([.timestamp], [.timestamp, .int, .string], result: .timestamp)
        add([.date], [.timestamp, .string], result: .timestamp)
        add([.duration], [.duration, .string], result: .duration)
        add([.type], [.dyn], result: .type)
        add([.dyn], [.dyn], result: .dyn)
        add([.matches, .contains, .startsWith, .endsWith], [.string], [.string], result: .bool)
        add(
            [
                .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getHours,
                .getMinutes, .getSeconds, .getMilliseconds,
            ], [.timestamp], [.string], optional: 1, result: .int)
        add([.getHours, .getMinutes, .getSeconds, .getMilliseconds], [.duration], result: .int)
        add([.charAt], [.string], [.int], result: .string)
        add([.indexOf, .lastIndexOf], [.string], [.string], [.int], optional: 1, result: .int)
        add([.lowerAscii, .upperAscii, .trim, .reverse, .quote], [.string], result: .string)
        add([.replace], [.string], [.string], [.string], [.int], optional: 1, result: .string)
        add([.split], [.string], [.string], [.int], optional: 1, result: .list(.string))
        add([.substring], [.string], [.int], [.int], optional: 1, result: .string)
        add([.join], [.list(.string)], [.string], optional: 1, result: .string)
        add([.format], [.string], [.list(.dyn)], result: .string)
        for type in [ExpressionStaticType.int, .uint, .double, .decimal] {
            add([.abs, .sign], [type], result: type)
        }
        for type in [ExpressionStaticType.double, .decimal] {
            add([.ceil, .floor, .round, .trunc], [type], result: type)
        }
        add([.round], [.decimal, .number], [.int], result: .decimal)
        add([.isNaN, .isInf, .isFinite], [.double], result: .bool)
        add([.sqrt], [.int, .uint, .double], result: .double)
        for type in [ExpressionStaticType.int, .uint] {
            add([.round], [type], [.int], result: type)
            add([.bitAnd, .bitOr, .bitXor], [type], [type], result: type)
            add([.bitNot], [type], result: type)
            add([.bitShiftLeft, .bitShiftRight], [type], [.int], result: type)
        }
        add([.optionalNone], result: .optional(.open))
        add([.hasValue], [.optional(.dyn)], result: .bool)
        return table
    }()
}
