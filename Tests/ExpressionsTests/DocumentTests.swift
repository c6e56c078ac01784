import Expressions
import Testing
import Values

@Suite struct DocumentTests {
    static let cases = Case.table(
        #"""
        doc.status == "Open" ==> true
        doc.customer in ["A", "B", "C"] ==> true
        doc.note ==> null
        has(doc.note) ==> false
        has(doc.status) ==> true
        has(doc.nothing) ==> false
        doc.nothing ==> !no_such_field
        doc['status'] ==> 'Open'
        'status' in doc ==> true
        doc.address.city ==> 'Bern'
        size(doc.items) ==> 2
        doc.items[0].item ==> 'X'
        doc.items.exists(i, i.qty == 0) ==> true
        doc.items.all(i, i.qty > 0) ==> false
        doc.posting_date < doc.due_date ==> true
        doc.due_date - doc.posting_date == duration('720h') ==> true
        doc.posting_date ==> timestamp 2026-03-01
        string(doc.posting_date) ==> '2026-03-01'
        doc.creation > doc.posting_date ==> true
        doc.creation.getMinutes() ==> 30
        string(doc.creation) ==> '2026-03-01T08:30:15.25Z'
        now > doc.posting_date && now < doc.due_date ==> true
        now - doc.posting_date > duration('14d') ==> !invalid_argument
        now.getDate() ==> 15
        old.status != doc.status ==> true
        old == doc ==> !no_such_overload
        old.all(f, true) ==> !no_such_overload
        size(old) ==> !no_such_overload
        doc.exists(f, f == 'status') ==> true
        actor.level < 3 && actor.name != 'bo' ==> true
        doc.?status ==> some 'Open'
        doc.?note ==> none
        doc.?nothing ==> none
        doc.?nothing.more.deep.orValue('x') ==> 'x'
        doc[?'note'].orValue('x') ==> 'x'
        doc.?address.city ==> some 'Bern'
        doc.?address.street ==> none
        doc.?status.more ==> !no_such_overload
        doc.items[?1].item.orValue('none') ==> 'Y'
        doc.items[?2].item.orValue('none') ==> 'none'
        has(doc.?address.city) ==> true
        has(doc.?address) ==> !expression_syntax
        doc.?discount.orValue(0) + 1 ==> 1
        has_role('Sales User') ==> true
        has_role('Nobody') ==> false
        has_role(1) ==> !no_such_value
        has_role() ==> !no_such_function
        """#)

    @Test(arguments: cases)
    func `a condition reads a document through its fields`(example: Case) {
        #expect(cel(example.source) == example.expected)
    }

    @Test func `only the fields that are mentioned are read`() throws {
        // Unchecked, because one test uses it on one thread.
        final class Spy: ExpressionObject, @unchecked Sendable {
            // Only this test's thread uses it.
            var asked: [String] = []
            func value(of field: String) -> ExpressionValue? {
                asked.append(field)
                return .int(1)
            }
        }
        let spy = Spy()
        let expression = try Expression.compile(cel: "doc.a == 2 && doc.b == 1 && doc.c == 1", .rule)
        #expect(try !expression.holds(in: ExpressionBindings(["doc": ExpressionValue(spy)])))
        #expect(spy.asked == ["a"])
    }

    @Test func `an expression tells what it reads`() throws {
        let source =
            "doc.a.b > 1 && has(doc.c) && doc.items.exists(r, r.qty > doc.d) && actor.name == old['e'] && doc.a == now"
        let expression = try Expression.compile(cel: source, worldNames)
        #expect(expression.fields() == ["a", "c", "d", "items"])
        #expect(expression.paths == ["actor.name", "doc.a", "doc.a.b", "doc.c", "doc.d", "doc.items", "now", "old"])
        let loose = try Expression.compile(javascript: "eval:doc.x && parent.y == doc.z?.w", .form)
        #expect(loose.fields() == ["x", "z"])
        #expect(loose.fields(of: "parent") == ["y"])
        let optional = try Expression.compile(cel: "doc.?a.b.orValue(doc.?c.orValue(1))", .rule)
        #expect(optional.paths == ["doc.a.b", "doc.c"])
        #expect(try Expression.compile(dependsOn: "is_paid").fields() == ["is_paid"])
    }

    @Test func `a condition must give true or false`() throws {
        let expression = try Expression.compile(cel: "doc.qty", worldNames)
        #expect(problem { _ = try expression.holds(in: world) }?.code == .noSuchOverload)
        #expect(try Expression.compile(cel: "doc.qty == 3", worldNames).holds(in: world))
    }

    @Test func `a list made when it is needed is only asked for what is needed`() throws {
        final class Rows: ExpressionSequence {
            let count = 1_000_000_000
            func element(at index: Int) -> ExpressionValue { .int(Int64(index)) }
        }
        let scope = ExpressionBindings(["doc": .list(ExpressionList(Rows()))])
        #expect(
            try Expression.compile(cel: "doc[999999999] == 999999999 && doc.exists(r, r == 100)", .rule).holds(
                in: scope))
        let all = try Expression.compile(cel: "doc.all(r, r >= 0)", .rule)
        #expect(problem { _ = try all.holds(in: scope) }?.code == .costLimit)
    }

    @Test func `a map of named values is a scope's plain object`() throws {
        let actor = ExpressionMap([
            "name": .string("ana"), "roles": ExpressionValue([.string("HR"), .string("Guest")]),
        ])
        let scope = ExpressionBindings(["actor": .map(actor)])
        let source =
            "actor.name == 'ana' && 'HR' in actor.roles && actor.size() == 2 && actor.all(k, k in ['name', 'roles'])"
        #expect(try Expression.compile(cel: source, .rule).holds(in: scope))
    }

    @Test func `a result goes back as JSON`() throws {
        let source =
            "{'total': doc.grand_total * 2, 'tags': doc.tags, 'day': doc.posting_date, 'x': [1u, 2.5, null, true]}"
        let value = try Expression.compile(cel: source, worldNames).value(in: world)
        #expect(
            value.json
                == [
                    "total": 25001, "tags": ["red", "blue"], "day": "2026-03-01",
                    "x": [1, .decimal(Exact("2.5") ?? .zero), nil, true],
                ])
        #expect(value.json?["total"] == .decimal(Exact("25001.00") ?? .zero))
    }

    @Test(arguments: [
        ("1 +\n  * 2", 2, 3), ("doc.a ==", 1, 9), ("doc.é", 1, 5), ("'äö' + nobody", 1, 8), ("[1, 2, nobody]", 1, 8),
        ("'a\\q'", 1, 3), ("doc.status.matches('(')", 1, 20),
    ])
    func `a problem tells line and column`(source: String, line: Int, column: Int) {
        let problem = problem { _ = try Expression.compile(cel: source, worldNames) }
        #expect(problem?.line == line)
        #expect(problem?.column == column)
    }

    @Test func `a problem of evaluation tells the place and says it in words`() throws {
        let expression = try Expression.compile(cel: "doc.qty > 1 &&\n  doc.qty / 0 == 1", worldNames)
        let problem = problem { _ = try expression.value(in: world) }
        #expect(problem == ExpressionProblem(.divideByZero, "division by zero", line: 2, column: 11))
        #expect(problem?.description == "2:11: division by zero")
    }

    @Test func `codes are distinct`() {
        #expect(Set(ExpressionProblem.Code.allCases.map(\.rawValue)).count == ExpressionProblem.Code.allCases.count)
    }
}
