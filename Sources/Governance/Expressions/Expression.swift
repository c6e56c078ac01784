/// A compiled expression, which can be evaluated any number of times, from any thread.
///
/// Three ways to write one give the same kind of program: CEL (``compile(cel:_:)``), the JavaScript of Frappe's `eval:`
/// conditions (``compile(javascript:_:)``, ``compile(dependsOn:_:)``) and the Python of its rules (``compile(python:_:)``).
/// Evaluation reads only what the scope gives: no clock, no randomness, no I/O.
///
/// ```swift
/// let rule = try Expression.compile(cel: "doc.grand_total > 10000 && doc.customer in ['A', 'B']", .rule)
/// let applies = try rule.holds(in: ExpressionBindings(["doc": ExpressionValue(document)]))
/// ```
public struct Expression: Sendable {
    let program: Program
    /// The type of what it gives, when its types were checked: CEL in an environment with ``ExpressionEnvironment/types``.
    public let resultType: ExpressionStaticType?

    private init(program: Program, resultType: ExpressionStaticType? = nil) {
        self.program = program
        self.resultType = resultType
    }

    /// The text it was compiled from.
    public var source: String { program.source }

    /// Compiles CEL.
    ///
    /// When the environment declares types, what can never work with them is a problem too.
    ///
    /// - Throws: ``ExpressionProblem`` with the place: not CEL, a name that is not declared, a function that does not exist
    ///   or takes other arguments, a pattern that is none, or a limit; `type_mismatch` and `no_such_field` of the types.
    public static func compile(
        cel source: String, _ environment: ExpressionEnvironment
    )
        throws(ExpressionProblem) -> Expression
    {
        let program = try CELParser.compile(source, environment)
        guard !environment.types.isEmpty else { return Expression(program: program) }
        return Expression(program: program, resultType: try Checker.check(program))
    }

    /// Compiles the JavaScript of Frappe's conditions, with or without `eval:` in front.
    ///
    /// - Throws: ``ExpressionProblem`` as for CEL.
    public static func compile(
        javascript source: String, _ environment: ExpressionEnvironment = .form
    )
        throws(ExpressionProblem) -> Expression
    {
        Expression(program: try FrappeParser.compile(source, .javascript, environment))
    }

    /// Compiles the Python of Frappe's conditions.
    ///
    /// - Throws: ``ExpressionProblem`` as for CEL.
    public static func compile(
        python source: String, _ environment: ExpressionEnvironment = .form
    )
        throws(ExpressionProblem) -> Expression
    {
        Expression(program: try FrappeParser.compile(source, .python, environment))
    }

    /// Compiles what stands in `depends_on` and its like: `eval:` and JavaScript, or the bare name of a field, which holds when
    /// the field is neither empty nor zero.
    ///
    /// - Throws: ``ExpressionProblem`` as for CEL; `fn:` is unsupported.
    public static func compile(
        dependsOn source: String, _ environment: ExpressionEnvironment = .form
    )
        throws(ExpressionProblem) -> Expression
    {
        Expression(program: try FrappeParser.compile(dependsOn: source, environment))
    }
}

extension Expression {
    /// The value.
    ///
    /// - Throws: ``ExpressionProblem``, with the code that CEL names the error by.
    public func value(in scope: some ExpressionScope) throws(ExpressionProblem) -> ExpressionValue {
        var evaluator = Evaluator(program, scope)
        return try evaluator.value(of: program.root)
    }

    /// Whether the condition holds: CEL's must give a truth value, those of Frappe's dialects may give anything.
    ///
    /// - Throws: ``ExpressionProblem``; of CEL also `no_such_overload` when the value is no truth value.
    public func holds(in scope: some ExpressionScope) throws(ExpressionProblem) -> Bool {
        var evaluator = Evaluator(program, scope)
        let value = try evaluator.value(of: program.root)
        if case .bool(let value) = value { return value }
        guard program.dialect != .cel else {
            throw evaluator.problem(
                .noSuchOverload, "the condition gives \(value.type.rawValue), not true or false", at: program.root)
        }
        return Loose.isTrue(value, program.dialect)
    }

    /// What one evaluation costs, in the units of ``ExpressionLimits/cost``, beside its value.
    ///
    /// - Throws: ``ExpressionProblem`` as ``value(in:)``.
    public func measured(
        in scope: some ExpressionScope
    ) throws(ExpressionProblem) -> (
        value: ExpressionValue, cost: Int
    ) {
        var evaluator = Evaluator(program, scope)
        let value = try evaluator.value(of: program.root)
        return (value, program.environment.limits.cost - evaluator.remaining)
    }
}

extension Expression {
    /// What it reads: variables and the fields written after them, the longest path of each, sorted: `doc.customer`.
    public var paths: [String] { program.paths }

    /// The fields of a variable that it reads, sorted.
    public func fields(of variable: String = "doc") -> [String] {
        let prefix = variable + "."
        let fields = program.paths.filter { $0.hasPrefix(prefix) }.compactMap {
            $0.dropFirst(prefix.count).split(separator: ".").first.map(String.init)
        }
        return Set(fields).sorted()
    }

    /// The expression as text: CEL in its canonical form. What only the dialects have is written as functions.
    public var text: String { Printer(program).text(program.root) }
}
