import Expressions
import Testing
import Values

/// The documents of a small site, with a field of each type, rows and a parent.
enum Shape: String, ExpressionShape {
    case order = "Sales Order"
    case item = "Sales Order Item"
    case customer = "Customer"
    case message = "TestAllTypes"

    var name: String { rawValue }

    func type(of field: String) -> ExpressionStaticType? {
        switch (self, field) {
        case (.order, "customer"), (.order, "status"), (.item, "item"), (.customer, "group"): .string
        case (.order, "note"): .nullable(.string)
        case (.order, "is_return"), (.order, "qty"), (.item, "qty"): .int
        case (.order, "grand_total"), (.item, "rate"): .decimal
        case (.order, "discount"): .nullable(.decimal)
        case (.order, "weight"): .double
        case (.order, "posting_date"): .timestamp
        case (.order, "due_date"): .nullable(.timestamp)
        case (.order, "lead_time"): .duration
        case (.order, "image"): .bytes
        case (.order, "count"): .uint
        case (.order, "extra"): .dyn
        case (.order, "labels"): .map(.string, .int)
        case (.order, "items"): .list(.object(Shape.item))
        case (.order, "buyer"): .nullable(.object(Shape.customer))
        case (.order, "amended_from"), (.item, "parent"): .object(Shape.order)
        case (.message, "repeated_nested_message"): .list(.object(Shape.message))
        case (.message, "bb"), (.message, "single_int64"): .int
        case (.message, "single_int64_wrapper"): .nullable(.int)
        case (.message, "single_string_wrapper"): .nullable(.string)
        case (.message, "single_duration"): .duration
        case (.message, "single_timestamp"): .timestamp
        case (.message, "repeated_int64"): .list(.int)
        case (.message, "map_bool_int64"): .map(.bool, .int)
        default: nil
        }
    }
}

private let typed = ExpressionEnvironment(
    variables: ["doc", "old", "msg", "now", "x"], functions: ["has_role": 1...1, "fn": 2...2, "any": 1...1],
    types: [
        "doc": .object(Shape.order), "old": .nullable(.object(Shape.order)), "msg": .object(Shape.message),
        "now": .timestamp,
    ], results: ["has_role": .bool, "fn": .string])

/// The type of an expression, or its problem and what was expected.
private func type(_ source: String) -> String {
    do {
        return try Expression.compile(cel: source, typed).resultType?.description ?? "unchecked"
    } catch {
        return "!" + error.code.rawValue + (error.expected.map { "; " + $0 } ?? "")
    }
}

@Suite struct StaticTypeTests {
    /// The cases of type_deduction.textproto without constructed messages and types with parameters of their own.
    static let deductions = Case.table(
        #"""
        true ==> bool
        42 ==> int
        42u ==> uint
        0.1 ==> double
        "test" ==> string
        b"test" ==> bytes
        null ==> null
        [1] ==> list(int)
        {'abc': 123} ==> map(string, int)
        msg.single_int64 ==> int
        msg.repeated_int64 ==> list(int)
        msg.map_bool_int64 ==> map(bool, int)
        ['foo'][0] ==> string
        {'abc': 123}['abc'] ==> int
        ('foo' + 'bar').startsWith('foo') ==> bool
        fn('abc', 123) ==> string
        [[], [[]], [[[]]], [[[[]]]]] ==> list(list(list(list(list(dyn)))))
        [[[[[]]]], [], [[[]]]] ==> list(list(list(list(list(dyn)))))
        msg.repeated_nested_message.map(x, x).map(y, y.bb) ==> list(int)
        ([] + msg.repeated_nested_message + [])[0].bb ==> int
        ([].map(x,x))[0].foo ==> dyn
        [msg.single_int64_wrapper, msg.single_string_wrapper] ==> list(dyn)
        [optional.none(), optional.of(1)] ==> list(optional_type(int))
        [optional.of(1), optional.none()] ==> list(optional_type(int))
        [optional.of(1), optional.of(dyn(1))] ==> list(optional_type(dyn))
        [optional.of(dyn(1)), optional.of(1)] ==> list(optional_type(dyn))
        true ? optional.of(dyn(1)) : optional.of(1) ==> optional_type(dyn)
        [msg.single_int64_wrapper, msg.single_int64] ==> list(int or null)
        [msg.single_int64, msg.single_int64_wrapper] ==> list(int or null)
        [msg.single_int64_wrapper, msg.single_int64, dyn(1)] ==> list(dyn)
        [dyn(1), msg.single_int64_wrapper, msg.single_int64] ==> list(dyn)
        msg.single_int64_wrapper + 1 ==> int
        msg.single_int64_wrapper == null ==> bool
        false ? msg.single_int64_wrapper : null ==> int or null
        true ? msg.single_int64_wrapper : 42 ==> int or null
        [msg, null][0] ==> TestAllTypes
        [msg.single_duration, null][0] ==> duration
        [msg.single_timestamp, null][0] ==> timestamp
        [optional.of(1), null][0] ==> optional_type(int)
        """#)

    @Test(arguments: deductions)
    func `the type of an expression is what the specification says`(example: Case) {
        #expect(type(example.source) == example.expected)
    }

    static let documents = Case.table(
        #"""
        fields
        doc ==> Sales Order
        doc.status ==> string
        doc.note ==> string or null
        doc.custmer ==> !no_such_field
        doc.custmer == 'A' || true ==> !no_such_field
        has(doc.custmer) ==> !no_such_field
        has(doc.note) ==> bool
        doc['status'] ==> string
        doc['custmer'] ==> !no_such_field
        doc[doc.status] ==> dyn
        doc[1] ==> !type_mismatch
        doc.status.length ==> !type_mismatch
        doc.items.item ==> !type_mismatch
        doc.items[0].item ==> string
        doc.items[0].itm ==> !no_such_field
        doc.items['0'] ==> !type_mismatch
        doc.items[0].parent.amended_from.items[0].rate ==> decimal
        doc.items[0].parent.amended_from.items[0].rat ==> !no_such_field
        doc.buyer.group ==> string
        doc.buyer.grp ==> !no_such_field
        old.status ==> string
        doc.extra.anything[1].goes + 1 ==> dyn
        doc.labels.red ==> int
        doc.labels['red'] ==> int
        doc.labels[1] ==> !type_mismatch
        x.anything ==> dyn
        any(1) ==> dyn
        has_role('x') && any(1) ==> bool
        comparisons
        doc.is_return == 1 ==> bool
        doc.is_return == true ==> !type_mismatch; == 1
        doc.is_return == false ==> !type_mismatch; == 0
        doc.is_return != true ==> !type_mismatch; != 1
        true == doc.is_return ==> !type_mismatch; == 1
        doc.status == 'Open' ==> bool
        doc.status == 1 ==> !type_mismatch
        doc.status == null ==> !type_mismatch
        doc.note == null ==> bool
        doc.due_date == null ==> bool
        doc.buyer == null ==> bool
        doc.grand_total > 10000 ==> bool
        doc.grand_total > 10000.5 ==> bool
        doc.grand_total == 10u ==> bool
        doc.discount < 0.5 ==> bool
        doc.grand_total == doc.weight ==> !type_mismatch; decimal(x)
        doc.grand_total < doc.weight ==> !type_mismatch; decimal(x)
        doc.weight < 1 ==> bool
        doc.qty < 1.5 ==> bool
        doc.status < 1 ==> !type_mismatch
        doc.status < 'b' ==> bool
        doc.items < doc.items ==> !type_mismatch
        doc.posting_date < doc.due_date ==> bool
        doc.posting_date < '2026-01-01' ==> !type_mismatch; date(x) or timestamp(x)
        doc.posting_date == '2026-01-01' ==> !type_mismatch; date(x) or timestamp(x)
        doc.posting_date < date('2026-01-01') ==> bool
        doc.customer in ['A', 'B'] ==> bool
        doc.customer in ['A', 1] ==> bool
        doc.customer in [1, 2] ==> !type_mismatch
        doc.customer in [] ==> bool
        doc.grand_total in [0.1, 0.2] ==> bool
        doc.grand_total in [doc.weight] ==> !type_mismatch
        doc.customer in doc.labels ==> bool
        doc.qty in doc.labels ==> !type_mismatch
        'status' in doc ==> bool
        1 in doc ==> !type_mismatch
        'a' in doc.status ==> !type_mismatch
        doc == old ==> bool
        [doc.qty] == [1.0] ==> bool
        [doc.qty] == ['a'] ==> !type_mismatch
        type(doc.qty) == int ==> bool
        type(doc.qty) == 'int' ==> !type_mismatch
        arithmetic
        doc.grand_total * 1.19 ==> decimal
        doc.grand_total * 2 ==> decimal
        doc.grand_total * doc.count ==> decimal
        doc.discount * 2 ==> decimal
        doc.grand_total * (1.0 + 0.19) ==> decimal
        doc.grand_total * (doc.qty > 2 ? 0.5 : 0.25) ==> decimal
        doc.grand_total * (1.0 / 3.0) ==> !type_mismatch; decimal(x)
        doc.grand_total * doc.weight ==> !type_mismatch; decimal(x)
        doc.qty * 0.5 ==> !type_mismatch; decimal(x)
        decimal(doc.qty) * 0.5 ==> decimal
        doc.qty + doc.count ==> !type_mismatch; int(x)
        doc.qty * doc.items[0].rate ==> decimal
        doc.weight * 2.0 ==> double
        doc.weight % 2.0 ==> !type_mismatch
        doc.status + 'x' ==> string
        doc.status + 1 ==> !type_mismatch; string(x)
        1 + null ==> !type_mismatch
        doc.posting_date + doc.lead_time ==> timestamp
        doc.due_date - doc.posting_date ==> duration
        doc.due_date - 1 ==> !type_mismatch
        doc.image + b'x' ==> bytes
        doc.items + doc.items ==> list(Sales Order Item)
        -doc.grand_total ==> decimal
        -doc.status ==> !type_mismatch
        -doc.count ==> !type_mismatch
        doc.extra + 1 ==> dyn
        doc.extra + 'x' ==> string
        doc.extra - 'x' ==> !type_mismatch
        doc.extra - now ==> duration
        logic
        doc.qty ? 1 : 2 ==> !type_mismatch; a comparison, such as != 0
        doc.status && true ==> !type_mismatch; a condition
        !doc.is_return ==> !type_mismatch; a comparison, such as != 0
        true || doc.qty ==> !type_mismatch; a comparison, such as != 0
        doc.extra && true ==> bool
        true ? 'a' : 1 ==> !type_mismatch; the same type in both branches, or dyn(x)
        true ? 'a' : dyn(1) ==> dyn
        true ? 'a' : null ==> string or null
        true ? doc.grand_total : 0.5 ==> decimal
        true ? doc.grand_total : 0 ==> dyn
        true ? [] : doc.items ==> list(Sales Order Item)
        functions
        size(doc.items) ==> int
        doc.items.size() ==> int
        size(doc) ==> int
        size(doc.qty) ==> !type_mismatch
        doc.status.startsWith('O') ==> bool
        doc.note.startsWith('O') ==> bool
        doc.status.startsWith(1) ==> !type_mismatch
        doc.qty.startsWith('O') ==> !type_mismatch
        doc.status.matches('a+') ==> bool
        doc.qty.matches('a+') ==> !type_mismatch
        doc.posting_date.getFullYear() ==> int
        doc.posting_date.getFullYear('CET') ==> int
        doc.posting_date.getFullYear(1) ==> !type_mismatch
        doc.lead_time.getHours() ==> int
        doc.lead_time.getFullYear() ==> !type_mismatch
        doc.status.split(',') ==> list(string)
        doc.items.map(i, i.item).join() ==> string
        doc.items.map(i, i.qty).join() ==> !type_mismatch
        '%s %d'.format([doc.status, doc.qty]) ==> string
        math.round(doc.grand_total, 2) ==> decimal
        math.round(doc.qty) ==> !type_mismatch
        math.round(1.5) ==> double
        math.round(1.5, 1) ==> decimal
        math.abs(doc.qty) ==> int
        math.abs(doc.status) ==> !type_mismatch
        math.greatest(doc.qty, 1) ==> int
        math.greatest(doc.grand_total, 0.5) ==> decimal
        math.greatest(doc.grand_total, 0) ==> dyn
        math.greatest(doc.grand_total, doc.weight) ==> !type_mismatch
        math.greatest(doc.items.map(i, i.qty)) ==> int
        math.greatest(doc.status) ==> !type_mismatch
        math.bitAnd(doc.qty, 1u) ==> !type_mismatch
        string(doc.items) ==> !type_mismatch
        string(doc.extra) ==> string
        int(doc.status) ==> int
        bool(doc.qty) ==> !type_mismatch
        decimal(doc.status) ==> decimal
        dyn(doc.qty) == true ==> bool
        doc.extra.as() ==> !no_such_function
        macros
        doc.items.exists(i, i.qty > 5) ==> bool
        doc.items.exists(i, i.qtyy > 5) ==> !no_such_field
        doc.items.all(i, i.qty) ==> !type_mismatch; a comparison, such as != 0
        doc.items.filter(i, i.rate > 1) ==> list(Sales Order Item)
        doc.items.filter(i, i.rate > 1)[0].item ==> string
        doc.items.map(i, i.rate * i.qty) ==> list(decimal)
        doc.items.map(i, i.qty > 0, i.item) ==> list(string)
        doc.items.map(i, i.qty, i.item) ==> !type_mismatch; a comparison, such as != 0
        doc.items.exists_one(i, i.item == 'X') ==> bool
        doc.items.all(n, i, n < 3 && i.qty > 0) ==> bool
        doc.items.transformList(n, i, i.rate) ==> list(decimal)
        doc.items.transformMap(n, i, i.rate) ==> map(int, decimal)
        doc.labels.map(k, k + '!') ==> list(string)
        doc.labels.all(k, v, v > 0 && k != '') ==> bool
        doc.all(f, f != '') ==> bool
        doc.qty.all(i, true) ==> !type_mismatch; a list or map
        doc.items.map(i, doc.items.map(j, i.rate + j.rate)) ==> list(list(decimal))
        doc.items.map(i, i.parent.items.map(j, j.itm)) ==> !no_such_field
        cel.bind(t, doc.grand_total, t * 2) ==> decimal
        cel.bind(t, doc.items, t[0].itm) ==> !no_such_field
        maps
        {'a': doc.qty, 'b': doc.status} ==> map(string, dyn)
        {doc.grand_total: 1} ==> !type_mismatch; a text, whole number or truth value
        {1.0: 1} ==> !type_mismatch; a text, whole number or truth value
        {doc.qty: 1}[1.0] ==> int
        {'a': 1}.b ==> int
        {1: 1}.b ==> !type_mismatch
        optionals
        doc.?status ==> optional_type(string)
        doc.?note ==> optional_type(string)
        doc.?custmer ==> !no_such_field
        doc.?note.orValue('') ==> string
        doc.?note.orValue(1) ==> !type_mismatch; the same type in both branches, or dyn(x)
        doc.?discount.orValue(0.0) ==> decimal
        doc.?buyer.group ==> optional_type(string)
        doc.?buyer.grp ==> !no_such_field
        doc.?buyer.?group.orValue('x') ==> string
        doc.items[?0].item ==> optional_type(string)
        doc.items[?0].itm ==> !no_such_field
        doc[?'note'] ==> optional_type(string or null)
        doc.?note.or(doc.?status) ==> optional_type(string)
        doc.?note.or(doc.status) ==> !type_mismatch; an optional
        doc.note.or(doc.?status) ==> !type_mismatch; an optional
        doc.?note.optMap(n, n + '!') ==> optional_type(string)
        doc.?note.optMap(n, n + 1) ==> !type_mismatch; string(x)
        doc.?note.optFlatMap(n, optional.of(size(n))) ==> optional_type(int)
        doc.?note.optFlatMap(n, n) ==> !type_mismatch; an optional
        doc.?note.hasValue() ==> bool
        doc.?note.value() ==> string
        doc.note.value() ==> !type_mismatch
        optional.none() ==> optional_type(dyn)
        optional.of(doc.qty).value() + 1 ==> int
        [?doc.?note, doc.status] ==> list(string)
        [?doc.note] ==> !type_mismatch; an optional
        {?'a': doc.?discount} ==> map(string, decimal)
        doc.?note == doc.?status ==> bool
        doc.?note == 'x' ==> !type_mismatch
        x.?a.b[0].orValue(1) ==> dyn
        """#)

    @Test(arguments: documents)
    func `the types of a document's fields are checked`(example: Case) {
        #expect(type(example.source) == example.expected)
    }

    @Test func `nothing is checked where no types are declared`() throws {
        let expression = try Expression.compile(cel: "doc.nothing + 1 == true", .rule)
        #expect(expression.resultType == nil)
        #expect(throws: ExpressionProblem.self) {
            try Expression.compile(cel: "1 == true", ExpressionEnvironment.rule.typed(["doc": .dyn]))
        }
    }

    @Test func `a problem of types tells the place and says it in words`() {
        let found = problem {
            _ = try Expression.compile(cel: "doc.qty > 1 &&\n  doc.is_return == true", typed)
        }
        #expect(
            found
                == ExpressionProblem(
                    .typeMismatch, "'==' does not take (int, bool)", line: 2, column: 17, expected: "== 1"))
        let field = problem { _ = try Expression.compile(cel: "doc.items.all(i, i.qtyy > 0)", typed) }
        #expect(field?.message == "'Sales Order Item' has no field 'qtyy'")
        #expect(field?.column == 20)
    }

    /// What an expression that passes gives is of the type it was found to have, or a problem that no type foretells.
    @Test(arguments: ConformanceTables.all)
    func `what passes the check gives a value of its type`(example: Case) throws {
        let names = ExpressionEnvironment(
            variables: worldNames.variables, functions: worldNames.functions, types: ["now": .timestamp])
        guard let expression = try? Expression.compile(cel: example.source, names), let type = expression.resultType
        else { return }
        do {
            let value = try expression.value(in: world)
            #expect(Self.has(value, type), "\(text(of: value)) is no \(type)")
        } catch {
            // Variables without a type, lists of several types, and what depends on the value and not only on its type.
            let isOpen = [
                "doc", "old", "x.", "x[", "a.", "a[", "dyn", "has_role", "a)", "x)", "'foo'", "[decimal(", ".format(",
            ].contains { example.source.contains($0) }
            let mayFail = error.code != .noSuchOverload || isOpen
            #expect(mayFail, "\(error)")
        }
    }

    private static func has(_ value: ExpressionValue, _ type: ExpressionStaticType) -> Bool {
        switch (value, type) {
        case (_, .dyn), (.null, .null), (.null, .nullable), (.bool, .bool), (.int, .int), (.uint, .uint),
            (.double, .double), (.literal, .double), (.decimal, .decimal), (.literal, .decimal), (.string, .string),
            (.bytes, .bytes), (.timestamp, .timestamp), (.duration, .duration), (.type, .type):
            true
        case (_, .nullable(let inner)): has(value, inner)
        case (.list(let list), .list(let element)): (0..<list.count).allSatisfy { has(list[$0], element) }
        case (.optional(let optional), .optional(let inner)): optional.value.map { has($0, inner) } ?? true
        case (.map(let map), .map(let key, _)):
            key == .string || key == .dyn || key == .int || key == .bool || map.isEmptyMap
        default: false
        }
    }

    static let hostile: [(String, String)] = [
        ("lists nested in bindings", bindings("[[[[[[[[[[s]]]]]]]]]]", "s40 == s39")),
        ("lists doubled in bindings", bindings("[s, s]", "[s40] + [s39, s40] + s40")),
        ("maps nested in bindings", bindings("{'a': s, 'b': [s]}", "s40 == s39 || s40 in [s39]")),
        ("optionals nested in bindings", bindings("optional.of(optional.of(s))", "s40 == s39")),
        ("nested macros", String(repeating: "[1, 2].map(x, ", count: 40) + "x" + String(repeating: ")", count: 40)),
        (
            "a long list of types",
            "[" + (0..<900).map { "{'a': [\($0), 'x', {1: \($0)}]}" }.joined(separator: ", ") + "]"
        ),
        ("a long sum", (0..<150).map { "[\($0)]" }.joined(separator: " + ")),
        ("a shape that holds itself", "doc" + String(repeating: ".amended_from", count: 150) + ".qty > 0"),
        ("deep choices", String(repeating: "true ? [] : ", count: 50) + "[[[[]]]]"),
    ]

    private static func bindings(_ step: String, _ body: String) -> String {
        let parts = (1...40).map { "cel.bind(s\($0), " + step.replacing("s", with: "s\($0 - 1)") + ", " }
        return parts.joined().replacing("s0", with: "1") + body
            + String(repeating: ")", count: 40)
    }

    @Test(arguments: hostile.map(\.0))
    func `types that grow are checked soon`(name: String) throws {
        let source = try #require(Self.hostile.first { $0.0 == name }).1
        let started = ContinuousClock.now
        let found = problem { _ = try Expression.compile(cel: source, typed) }
        #expect(
            found == nil || found?.code == .typeMismatch || found?.code == .tooLarge, "\(String(describing: found))")
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    @Test func `pieces of expressions thrown together never trap the check`() {
        var random = Seeded(seed: 11)
        let pieces = [
            "doc", ".", "status", "items", "note", "buyer", "(", ")", "[", "]", "{", "}", ",", "?", ":", "&&", "||",
            "!", "==", "<", "in", "+", "-", "*", "/", "1", "1.5", "2u", "'a'", "null", "true", "size(", ".map(x,",
            ".all(y,", "has(", "cel.bind(z,", ".?", "[?", "optional.of(", "optional.none()", ".or(", ".orValue(",
            ".optMap(z,", ".value()", "x", "y", "z", "dyn(", "math.round(",
        ]
        var checked = 0
        for _ in 0..<20_000 {
            let source = (0..<Int(random.next() % 12)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                .joined(separator: " ")
            if let expression = try? Expression.compile(cel: source, typed) {
                checked += 1
                _ = expression.resultType?.description
            }
        }
        #expect(checked > 50)
    }
}

extension ExpressionMap {
    fileprivate var isEmptyMap: Bool { ExpressionValue.map(self).json == .object(JSONObject()) }
}
