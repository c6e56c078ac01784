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
        1 / 3 ==> 0.333333333d
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
        {a: 1}.a ==> 1
        "a" in {a: 1} ==> true
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

    @Test func `both dialects print as functions of the same tree`() throws {
        #expect(
            try Expression.compile(javascript: "doc.a == 1 && !doc.b").text
                == "loose_and(loose_equal(doc.?a, 1), loose_not(doc.?b))")
    }
}
