import Testing

/// The rules see code, comments and declarations as the compiler does.
@Suite struct SwiftSourceTests {
    @Test(arguments: [
        ("let a = 1  // TODO", "let a = 1  "),
        ("let a = \"try! b\"", "let a = \"\""),
        ("let a = \"x \\(b(\"try!\")) y\" + c", "let a = \"(b(\"\"))\" + c"),
        ("let a = #\"\\ \" as! \"# + c", "let a = \"\" + c"),
        ("let a = \"\\\"\" + c", "let a = \"\" + c"),
        ("a /* b /* c */ d */ + e", "a  + e"),
    ])
    func `comments and text are no code`(text: String, code: String) {
        #expect(SwiftSource(path: "", text: text).lines.map(\.code) == [code])
    }

    @Test func `text over several lines is no code`() {
        let text = """
            let a = \"""
                try! \\(b)
                \"""
            c()
            """
        #expect(SwiftSource(path: "", text: text).lines.map(\.code) == ["let a = \"", "(b)", "\"", "c()"])
    }

    @Test(arguments: [
        ("package func post(_ a: Int) {", "func", "post"),
        ("    @inlinable public static func == (a: A, b: A) -> Bool {", "func", "=="),
        ("public private(set) var count = 0", "var", "count"),
        ("package final class Store: Sendable {", "class", "Store"),
        ("package class func make() -> Self {", "func", "make"),
        ("package nonisolated(unsafe) static let shared = A()", "let", "shared"),
        ("public init(stringLiteral value: String) {", "init", "stringLiteral"),
    ])
    func `a shared declaration is found`(code: String, keyword: String, name: String) {
        let declaration = Declaration(code)
        #expect(declaration?.isShared == true)
        #expect(declaration?.keyword == keyword)
        #expect(declaration?.name == name)
    }

    @Test(arguments: ["func post() {", "private let a = 1", "extension Array: Value {"])
    func `what one module keeps to itself is not shared`(code: String) {
        #expect(Declaration(code)?.isShared == false)
    }

    @Test(arguments: ["public import Values", "package.append(1)", "return package", "}", "case a"])
    func `other lines declare nothing`(code: String) {
        #expect(Declaration(code) == nil)
    }

    @Test func `members know what they belong to`() {
        let text = """
            struct A<C: D>: B {
                let c = 1
            }
            extension A: Controller {
                struct D {
                    let e = 1
                }
                let f = 1
            }
            extension A where C: D {
                let g = 1
                func h() {
                    let i = 1
                }
            }
            protocol P: Q {
                var j: Int { get }
            }
            protocol R: P {}
            """
        let file = SwiftSource(path: "", text: text)
        let scopes = zip(file.lines, file.scopes()).filter { $0.0.code.contains(" = 1") }.map(\.1)
        #expect(
            scopes == [
                .type("A", inherits: ["B"]), .type("D", inherits: []), .conformance, .extension(of: "A"), .other,
            ])
        let protocols = Protocols(in: [file])
        #expect(protocols.ask(for: "j", in: ["R"]))
        #expect(!protocols.ask(for: "h", in: ["P", "A"]))
    }
}
