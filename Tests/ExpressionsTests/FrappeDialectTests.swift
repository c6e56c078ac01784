import Expressions
import Testing
import Values

/// What a condition in Frappe's JavaScript gives.
private func javascript(_ source: String) -> String {
    outcome { try Expression.compile(javascript: source, formNames).value(in: formWorld) }
}

private func python(_ source: String) -> String {
    outcome { try Expression.compile(python: source, formNames).value(in: formWorld) }
}

private let formNames = ExpressionEnvironment.form

private let formWorld = ExpressionBindings(
    [
        "doc": ExpressionValue(order),
        "parent": ExpressionValue(JSON.object(["doctype": "Sales Order", "docstatus": 0])),
        "frappe.session.user": "ana".expression,
        "now": ExpressionValue(Values.Value.timestamp(Timestamp("2026-03-15 12:00:00") ?? .earliest)),
    ], roles: ["Sales User"])

extension String {
    fileprivate var expression: ExpressionValue { .string(self) }
}

@Suite struct FrappeDialectTests {
    static let javascriptCases = Case.table(
        #"""
        eval:doc.status=="Open" ==> true
        eval: doc.status == 'Open' ; ==> true
        doc.status == "Open" && in_list(["A", "B"], doc.customer) ==> true
        doc.is_return ==> 0
        !doc.is_return ==> true
        !doc.is_return && doc.is_paid ==> 1
        doc.is_paid === 1 ==> true
        doc.is_paid == true ==> true
        doc.is_paid === true ==> false
        doc.is_paid == "1" ==> true
        doc.is_paid === "1" ==> false
        doc.is_return == 0 ==> true
        doc.is_return == "" ==> true
        doc.empty == 0 ==> true
        doc.note == null ==> true
        doc.note == undefined ==> true
        doc.note == 0 ==> false
        doc.note == "" ==> false
        doc.note === undefined ==> true
        doc.nothing ==> null
        doc.nothing.more.deep ==> null
        doc.nothing?.more ==> null
        !doc.nothing ==> true
        doc.note || "none" ==> 'none'
        doc.note ?? "none" ==> 'none'
        doc.is_return ?? 5 ==> 0
        doc.is_return || 5 ==> 5
        doc.is_paid && "yes" ==> 'yes'
        doc.__islocal ==> null
        !doc.__islocal ==> true
        doc.docstatus==0 ==> false
        parent.docstatus==0 ==> true
        parent.doctype !== "Sales Invoice" ==> true
        ["Open", "Draft"].includes(doc.status) ==> true
        ["Open", "Draft"].indexOf(doc.status) ==> 0
        ["Open", "Draft"].indexOf(doc.customer) ==> -1
        ['Open'].indexOf(doc.status) !== -1 ==> true
        doc.status.includes("pe") ==> true
        doc.status.indexOf("n") ==> 3
        doc.status.length ==> 4
        doc.items.length ==> 2
        doc.items && doc.items.length > 0 ==> true
        (doc.nothing || []).length ==> 0
        doc.none.length ==> 0
        !doc.none ==> false
        doc.items[0].item ==> 'X'
        doc.items[9] ==> null
        doc["status"] ==> 'Open'
        doc.items.some(d => d.qty > 1) ==> true
        doc.items.every((d) => d.qty) ==> false
        doc.items.filter(d => d.qty).length ==> 1
        doc.items.map(d => d.item) ==> ['X', 'Y']
        doc.items.find(d => d.item == "Y").qty ==> 0
        doc.nothing.some(d => d.qty) ==> false
        doc.grand_total > 10000 ==> true
        doc.grand_total > "10000" ==> true
        doc.grand_total > doc.status ==> false
        doc.grand_total * 2 ==> 25001
        doc.rate * 3 == 0.3 ==> true
        doc.rate + 0.2 == 0.3 ==> true
        doc.qty / 2 ==> 1.5d
        1 / 3 ==> 0.333333333333333333d
        1 / 3 * 3 == 1 ==> true
        1 / 3 * 3 === 1 ==> true
        1 / 3 * 3 >= 1 ==> true
        1 / 3 * 3 < 1 ==> false
        1 / 3 * 1000000 * 3 == 1000000 ==> true
        1 / 3 + 1 / 3 + 1 / 3 == 1 ==> true
        1 / 3 == 0.3 ==> false
        doc.qty / 7 * 7 == doc.qty ==> true
        (1 / 3 * 3 - 1) ? 'some' : 'none' ==> 'none'
        1 / 3 * 3 % 1 == 0 ==> true
        1e30 / 7 > 0 ==> true
        1 / 3 * 1e25 > 1 ==> true
        1e30 * 1e30 ==> !overflow
        Math.floor(1 / 3 * 3) ==> 1
        Math.ceil(1 / 3 * 3) ==> 1
        cint(1 / 3 * 3) ==> 1
        0.0000000001 == 0 ==> true
        0.000000001 == 0 ==> false
        0.000000001 > 0 ==> true
        0.000000001 ? 1 : 2 ==> 1
        10000000000000000000000000.0 / 4 == 2500000000000000000000000.0 ==> true
        doc.qty % 2 ==> 1
        doc.qty - "1" ==> 2
        doc.qty + "1" ==> '31'
        doc.qty + 1 ==> 4
        "a" + 1 + 2 ==> 'a12'
        -doc.qty ==> -3
        - "3" ==> -3
        +"3" ==> 3
        1 / 0 ==> inf
        0 / 0 ==> nan
        5 % 0 ==> nan
        1 / 0 > 1000000 ==> true
        "abc" * 2 ==> nan
        "abc" * 2 == "abc" * 2 ==> false
        null + 1 ==> 1
        true + 1 ==> 2
        "b" > "a" ==> true
        "10" < "9" ==> true
        10 < "9" ==> false
        null >= 0 ==> true
        null == 0 ==> false
        [] == false ==> true
        [1] == 1 ==> true
        [1, 2] == "1,2" ==> true
        [1] == [1] ==> false
        doc.status == "Open" ? "a" : "b" ==> 'a'
        doc.is_return ? 1 : doc.is_paid ? 2 : 3 ==> 2
        doc.posting_date == "2026-03-01" ==> true
        doc.posting_date < "2026-03-02" ==> true
        doc.posting_date < doc.due_date ==> true
        doc.creation > "2026-03-01" ==> true
        frappe.datetime.now_date() ==> '2026-03-15'
        doc.posting_date <= frappe.datetime.now_date() ==> true
        frappe.session.user == "ana" ==> true
        frappe.user.has_role("Sales User") ==> true
        frappe.user.has_role("Guest") ==> false
        frappe.user.has_role(["Guest", "Sales User"]) ==> true
        cint("12abc") ==> 12
        cint("1,234") ==> 1
        cint("+5") ==> 5
        cint("-5.9") ==> -5
        cint("") ==> 0
        cint("x", 3) ==> 3
        parseInt("1,234") ==> 1
        parseInt(" +7 ") ==> 7
        parseInt("") ==> nan
        parseInt(null) ==> nan
        parseInt(doc.nothing) > 0 ==> false
        parseFloat(true) ==> nan
        parseInt(doc.grand_total) ==> 12500
        parseInt("12", 10) ==> 12
        parseInt("12", 16) ==> !unsupported_expression
        parseInt("12", doc.qty) ==> !unsupported_expression
        parseFloat("12px") ==> 12
        parseFloat("12.50px") ==> 12.5d
        parseFloat("1,234") ==> 1
        parseFloat("1e3x") ==> 1000
        parseFloat("1e") ==> 1
        parseFloat("") ==> nan
        parseFloat("px") ==> nan
        parseFloat(doc.grand_total) ==> 12500.5d
        Number("12px") ==> nan
        flt("+1,234.5") ==> 1234.5d
        flt("1,234,567") ==> 1234567
        cint(null) ==> 0
        cint("x") ==> 0
        cint(doc.grand_total) ==> 12500
        flt("1,234.50") ==> 1234.5d
        flt("2.345", 2) ==> 2.34d
        flt(null) ==> 0
        cstr(null) ==> ''
        cstr(12) ==> '12'
        typeof doc.nothing ==> 'undefined'
        typeof doc.status === "string" ==> true
        doc.status.toLowerCase() ==> 'open'
        doc.status.startsWith("Op") && doc.status.endsWith("en") ==> true
        Math.max(1, 2.5, doc.qty) ==> 3
        Math.round(2.5) ==> 3
        Math.round(-2.5) ==> -2
        parseInt("42px") ==> 42
        Number("") ==> 0
        `back` == "back" ==> true
        "it\'s" ==> 'it's'
        "\u{41}\u0042\x43\z" ==> 'ABCz'
        "\a\q" ==> 'aq'
        "\b" == "\u0008" ==> true
        "\0" == "\x00" ==> true
        "\U0041\X41" ==> 'U0041X41'
        "\uD83D\uDE00" ==> '😀'
        "\uD83D\uDE00".length ==> 2
        "\uD83D" ==> !expression_syntax
        "\uD83D\u0041" ==> !expression_syntax
        "\uDE00" ==> !expression_syntax
        `${doc.status}` ==> !unsupported_expression
        `a ${1} b` ==> !unsupported_expression
        `a $ {1}` ==> 'a $ {1}'
        `\${1}` ==> '${1}'
        doc.is_paid?.5:1 ==> 0.5
        doc.is_return?.5:1 ==> 1
        doc?.status ==> 'Open'
        /* a */ 1 /* b */ + /**/ 2 ==> 3
        1 /* open ==> !expression_syntax
        1 + 2 // three ==> 3
        {a: 1}.a ==> 1
        "a" in {a: 1} ==> true
        "Open" in ["Open"] ==> false
        0 in ["Open"] ==> true
        "0" in ["Open"] ==> true
        1 in ["Open"] ==> false
        -1 in ["Open"] ==> false
        0.5 in ["Open"] ==> false
        "00" in ["Open"] ==> false
        "length" in [] ==> true
        in_list(["Open"], "Open") ==> true
        ["Open"].includes("Open") ==> true
        doc.status = "Open" ==> !expression_syntax
        cur_frm.doc.x ==> !undeclared_reference
        frappe.boot.x ==> null
        erpnext.is_perpetual_inventory_enabled(doc.company) ==> !no_such_value
        erpnext.nothing(doc.company) ==> !no_such_function
        frappe.db.get_value('Customer', doc.customer, 'x') ==> !no_such_function
        (!doc.__islocal && (!doc.none || doc.none.length===0)) ==> true
        (doc.present || 0) > 0 || (doc.paid || 0) > 0 ==> false
        frappe.session.user == 'Administrator' || frappe.user.has_role('System Manager') ==> false
        alert(1) ==> !no_such_function
        doc.status.constructor("x") ==> !no_such_function
        function() {} ==> !no_such_function
        doc.x; doc.y ==> !expression_syntax
        (() => 1)() ==> !expression_syntax
        eval: ==> !expression_syntax
        new Date() ==> !undeclared_reference
        doc.a++ ==> !expression_syntax
        /x/.test("x") ==> !expression_syntax
        """#)

    @Test(arguments: javascriptCases)
    func `a condition in JavaScript gives what a browser gives`(example: Case) {
        #expect(javascript(example.source) == example.expected)
    }

    static let pythonCases = Case.table(
        #"""
        doc.grand_total > 1000 and doc.status == "Open" ==> true
        doc.status == "Open" and not doc.is_return ==> true
        not doc.status == "Open" ==> false
        not not doc.is_paid ==> true
        doc.is_paid or doc.nothing ==> 1
        doc.status in ("Open", "Draft") ==> true
        doc.status not in ["Open", "Draft"] ==> false
        "red" in doc.tags ==> true
        "pe" in doc.status ==> true
        doc.note is None ==> true
        doc.status is not None ==> true
        doc.note == None ==> true
        doc.is_paid == True ==> true
        doc.is_paid == "1" ==> false
        doc.none or "empty" ==> 'empty'
        not doc.none ==> true
        len(doc.items) == 2 ==> true
        len(doc.status) ==> 4
        doc.get("status") ==> 'Open'
        doc.get("nothing", 7) ==> 7
        doc["status"] ==> 'Open'
        doc.items[-1].item ==> 'Y'
        1 < doc.qty < 5 ==> true
        1 < doc.qty < 3 ==> false
        1 < doc.qty < 5 < 6 == 6 != 7 ==> true
        1 < doc.qty < 5 < 4 < None ==> false
        1 < (2 < 3 < 4) < 5 ==> false
        0 < (2 < 3 < 4) < 5 ==> true
        1 <= len("a" if 1 < 2 < 3 else "ab") < 2 < 3 ==> true
        "a" in "ab" in ["ab"] ==> true
        "\a" == "\x07" ==> true
        len("\?") ==> 2
        1 / 3 ==> 0.333333333d
        "yes" if doc.is_paid else "no" ==> 'yes'
        1 if False else 2 if False else 3 ==> 3
        doc.qty + 1 ==> 4
        doc.qty / 2 ==> 1.5d
        7 // 2 ==> 3
        -7 // 2 ==> -4
        -7 % 3 ==> 2
        doc.status + "!" ==> 'Open!'
        doc.qty + "1" ==> !no_such_overload
        None + 1 ==> !no_such_overload
        None > 1 ==> !no_such_overload
        1 / 0 ==> !divide_by_zero
        [1, 2] == [1, 2] ==> true
        () == [] ==> true
        (1,) == [1] ==> true
        str(5) + int("5") ==> !no_such_overload
        str(5) ==> '5'
        round(2.5) ==> 2
        max(1, 2) ==> 2
        frappe.utils.nowdate() > doc.posting_date ==> true
        frappe.session.user == "ana" ==> true
        flt(doc.grand_total) >= 12500.5 ==> true
        doc.status.lower() == "open" ==> true
        import os ==> !undeclared_reference
        __import__("os") ==> !no_such_function
        doc.__class__ ==> null
        lambda: 1 ==> !undeclared_reference
        doc.a = 1 ==> !expression_syntax
        true ==> !undeclared_reference
        """#)

    @Test(arguments: pythonCases)
    func `a condition in Python gives what the server's would`(example: Case) {
        #expect(python(example.source) == example.expected)
    }

    @Test(arguments: [
        ("is_paid", true), ("is_return", false), ("status", true), ("empty", false), ("note", false),
        ("nothing", false),
        ("items", true), ("none", false), ("grand_total", true), ("eval:doc.none", true), (" eval:doc.is_paid", true),
        ("eval:doc.status!=\"Open\"", false),
    ])
    func `depends_on is a field or a condition`(source: String, expected: Bool) throws {
        #expect(try Expression.compile(dependsOn: source).holds(in: formWorld) == expected)
    }

    @Test(arguments: ["", "fn:hide_it", "a b", "doc.status", "1", "status;drop", "a'b", "é"])
    func `anything else in depends_on is refused`(source: String) {
        #expect(problem { _ = try Expression.compile(dependsOn: source) } != nil)
    }

    @Test func `places count from the beginning with eval in front`() {
        let found = problem { _ = try Expression.compile(javascript: "eval:doc.a = 1") }
        #expect(found?.column == 12)
        #expect(found?.expected == "== to compare")
    }

    @Test func `a chained comparison reads its middle operand once, and its text stays short`() throws {
        var source = "doc.a"
        for _ in 0..<12 { source = "(0 < \(source) < 9)" }
        let expression = try Expression.compile(python: source)
        #expect(expression.text.utf8.count < 2000)
        // Unchecked, because one test uses it on one thread.
        final class Spy: ExpressionObject, @unchecked Sendable {
            // Only this test's thread uses it.
            var asked = 0
            func value(of field: String) -> ExpressionValue? {
                asked += 1
                return .int(1)
            }
        }
        let spy = Spy()
        #expect(try expression.holds(in: ExpressionBindings(["doc": ExpressionValue(spy)])))
        #expect(spy.asked == 1)
        #expect(try Expression.compile(python: "1 < doc.a < 2").fields() == ["a"])
    }

    @Test func `both dialects print as functions of the same tree`() throws {
        #expect(
            try Expression.compile(javascript: "doc.a == 1 && !doc.b").text
                == #"loose_and(loose_equal(loose_field(doc, "a"), 1), loose_not(loose_field(doc, "b")))"#)
        #expect(try Expression.compile(javascript: "doc?.a[1]").text == #"loose_element(loose_field(doc, "a"), 1)"#)
    }
}
