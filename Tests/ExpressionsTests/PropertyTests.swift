import Expressions
import Testing
import Values

/// Random expressions, evaluated by the product and by a naive oracle.
@Suite struct PropertyTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `random expressions give what a naive evaluator gives, as written and as printed`(seed: UInt64) throws {
        var random = Seeded(seed: seed)
        var failures = 0
        for _ in 0..<1200 {
            let tree = Tree.random(depth: 5, &random, variables: [])
            let expected = outcome(tree)
            let expression = try Expression.compile(cel: tree.text, .rule)
            let given = cel(tree.text)
            let printed = expression.text
            let again = cel(printed)
            if given != expected || again != expected {
                failures += 1
                Issue.record("\(tree.text) gives \(given), printed as \(printed) gives \(again), must give \(expected)")
            }
            if failures > 3 { return }
        }
    }

    @Test func `random expressions of decimals obey the laws of arithmetic`() throws {
        var random = Seeded(seed: 9)
        let law = try Expression.compile(
            cel: "doc * (old + now) == doc * old + doc * now && (doc + old) - old == doc && -(-doc) == doc"
                + " && (doc < old) == (old > doc) && (doc <= old) == !(doc > old) && doc * 1.0 == doc && doc + 0 == doc",
            .rule)
        func number(_ random: inout Seeded) -> ExpressionValue {
            .decimal(
                Exact(
                    units: Int64(bitPattern: random.next()) >> Int64(20 + random.next() % 40),
                    scale: Int(random.next() % 7)))
        }
        for _ in 0..<1000 {
            let scope = ExpressionBindings(["doc": number(&random), "old": number(&random), "now": number(&random)])
            #expect(try law.holds(in: scope))
        }
    }

    private func outcome(_ tree: Tree) -> String {
        do {
            return try tree.value([:]).text
        } catch {
            return "!" + error.code
        }
    }
}

private struct Failure: Error {
    var code: String
    static let overload = Failure(code: "no_such_overload")
}

private enum Answer: Equatable {
    case int(Int64)
    case bool(Bool)
    case string(String)
    case list([Answer])

    var text: String {
        switch self {
        case .int(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .string(let value): "'\(value)'"
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        }
    }
}

private indirect enum Tree {
    case value(Answer)
    case variable(String)
    case unary(String, Tree)
    case binary(String, Tree, Tree)
    case choice(Tree, Tree, Tree)
    case list([Tree])
    case element(Tree, Tree)
    case macro(String, Tree, String, Tree)

    static func random(depth: Int, _ random: inout Seeded, variables: [String]) -> Tree {
        func pick<T>(_ values: [T], _ random: inout Seeded) -> T { values[Int(random.next() % UInt64(values.count))] }
        func deeper(_ random: inout Seeded) -> Tree { .random(depth: depth - 1, &random, variables: variables) }
        if depth == 0 || random.next() % 6 == 0 {
            if !variables.isEmpty, random.next() % 2 == 0 { return .variable(pick(variables, &random)) }
            return pick(
                [
                    .value(.int(0)), .value(.int(1)), .value(.int(-7)), .value(.int(.max)), .value(.int(.min)),
                    .value(.bool(true)),
                    .value(.bool(false)), .value(.string("")), .value(.string("ab")), .value(.string("é")),
                ], &random)
        }
        switch random.next() % 12 {
        case 0: return .unary(pick(["!", "-"], &random), deeper(&random))
        case 1: return .choice(deeper(&random), deeper(&random), deeper(&random))
        case 2: return .list((0..<Int(random.next() % 4)).map { _ in deeper(&random) })
        case 3: return .element(deeper(&random), deeper(&random))
        case 4, 5:
            let name = "v\(variables.count)"
            let body = Tree.random(depth: depth - 1, &random, variables: variables + [name])
            return .macro(pick(["all", "exists", "exists_one", "map", "filter"], &random), deeper(&random), name, body)
        case 6, 7: return .binary(pick(["&&", "||"], &random), deeper(&random), deeper(&random))
        case 8: return .binary(pick(["==", "!=", "in"], &random), deeper(&random), deeper(&random))
        case 9: return .binary(pick(["<", "<=", ">", ">="], &random), deeper(&random), deeper(&random))
        default: return .binary(pick(["+", "-", "*", "/", "%"], &random), deeper(&random), deeper(&random))
        }
    }

    var text: String {
        switch self {
        case .value(let value): value.text
        case .variable(let name): name
        case .unary(let sign, let operand): sign + "(" + operand.text + ")"
        case .binary(let sign, let l, let r): "(" + l.text + ") " + sign + " (" + r.text + ")"
        case .choice(let c, let a, let b): "(" + c.text + ") ? (" + a.text + ") : (" + b.text + ")"
        case .list(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
        case .element(let list, let index): "(" + list.text + ")[" + index.text + "]"
        case .macro(let name, let range, let variable, let body):
            "(" + range.text + ").\(name)(\(variable), " + body.text + ")"
        }
    }

    func value(_ names: [String: Answer]) throws(Failure) -> Answer {
        switch self {
        case .value(let value): return value
        case .variable(let name): return names[name] ?? .bool(false)
        case .unary(let sign, let operand):
            switch (sign, try operand.value(names)) {
            case ("!", .bool(let value)): return .bool(!value)
            case ("-", .int(let value)):
                if value == .min { throw Failure(code: "overflow") }
                return .int(-value)
            default: throw .overload
            }
        case .choice(let condition, let first, let second):
            guard case .bool(let isTrue) = try condition.value(names) else { throw .overload }
            return try isTrue ? first.value(names) : second.value(names)
        case .list(let elements):
            var values: [Answer] = []
            for element in elements { values.append(try element.value(names)) }
            return .list(values)
        case .element(let list, let index):
            let (list, index) = (try list.value(names), try index.value(names))
            guard case .list(let values) = list, case .int(let position) = index else { throw .overload }
            guard values.indices.contains(Int(position)) else { throw Failure(code: "index_out_of_bounds") }
            return values[Int(position)]
        case .binary("&&", let l, let r): return try Self.decide(false, [l, r], names)
        case .binary("||", let l, let r): return try Self.decide(true, [l, r], names)
        case .binary(let sign, let l, let r): return try Self.apply(sign, l.value(names), r.value(names))
        case .macro(let name, let range, let variable, let body):
            guard case .list(let values) = try range.value(names) else { throw .overload }
            return try Self.run(name, values, variable, body, names)
        }
    }

    private static func decide(_ decisive: Bool, _ parts: [Tree], _ names: [String: Answer]) throws(Failure) -> Answer {
        var failure: Failure?
        for part in parts {
            do throws(Failure) {
                guard case .bool(let value) = try part.value(names) else { throw .overload }
                if value == decisive { return .bool(decisive) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    private static func run(
        _ name: String, _ values: [Answer], _ variable: String, _ body: Tree, _ names: [String: Answer]
    )
        throws(Failure) -> Answer
    {
        func result(_ value: Answer) throws(Failure) -> Answer {
            try body.value(names.merging([variable: value]) { $1 })
        }
        func isTrue(_ value: Answer) throws(Failure) -> Bool {
            guard case .bool(let isTrue) = try result(value) else { throw .overload }
            return isTrue
        }
        var results: [Answer] = []
        switch name {
        case "all", "exists":
            var failure: Failure?
            for value in values {
                do throws(Failure) {
                    if try isTrue(value) == (name == "exists") { return .bool(name == "exists") }
                } catch {
                    failure = failure ?? error
                }
            }
            if let failure { throw failure }
            return .bool(name == "all")
        case "map":
            for value in values { results.append(try result(value)) }
            return .list(results)
        default:
            for value in values where try isTrue(value) { results.append(value) }
            return name == "filter" ? .list(results) : .bool(results.count == 1)
        }
    }

    private static func apply(_ sign: String, _ l: Answer, _ r: Answer) throws(Failure) -> Answer {
        switch (sign, l, r) {
        case ("==", _, _): return .bool(l == r)
        case ("!=", _, _): return .bool(l != r)
        case ("in", _, .list(let values)): return .bool(values.contains(l))
        case ("+", .string(let a), .string(let b)): return .string(a + b)
        case ("+", .list(let a), .list(let b)): return .list(a + b)
        case ("<", _, _), ("<=", _, _), (">", _, _), (">=", _, _):
            let order: Int
            switch (l, r) {
            case (.int(let a), .int(let b)): order = a < b ? -1 : (a == b ? 0 : 1)
            case (.bool(let a), .bool(let b)): order = (a ? 1 : 0) - (b ? 1 : 0)
            case (.string(let a), .string(let b)):
                let (x, y) = (a.unicodeScalars.map(\.value), b.unicodeScalars.map(\.value))
                order = x.lexicographicallyPrecedes(y) ? -1 : (x == y ? 0 : 1)
            default: throw .overload
            }
            return .bool(sign == "<" ? order < 0 : sign == "<=" ? order <= 0 : sign == ">" ? order > 0 : order >= 0)
        case (_, .int(let a), .int(let b)): return .int(try calculate(sign, a, b))
        default: throw .overload
        }
    }

    private static func calculate(_ sign: String, _ a: Int64, _ b: Int64) throws(Failure) -> Int64 {
        if b == 0, sign == "/" { throw Failure(code: "divide_by_zero") }
        if b == 0, sign == "%" { throw Failure(code: "modulus_by_zero") }
        let result: (partialValue: Int64, overflow: Bool)
        switch sign {
        case "+": result = a.addingReportingOverflow(b)
        case "-": result = a.subtractingReportingOverflow(b)
        case "*": result = a.multipliedReportingOverflow(by: b)
        case "/": result = a.dividedReportingOverflow(by: b)
        case "%": result = a.remainderReportingOverflow(dividingBy: b)
        default: throw .overload
        }
        if result.overflow { throw Failure(code: "overflow") }
        return result.partialValue
    }
}
