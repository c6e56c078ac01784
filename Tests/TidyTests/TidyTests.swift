import Foundation
import Testing

/// Keeps the promises of `CONTRIBUTING.md` that a program can check.
@Suite struct TidyTests {
    /// All modules, from the top of the house to the bottom: each may import only those before it.
    static let house = [
        "Values", "Storage", "PostgresStorage", "EventLog", "ObjectStorage", "Pictures", "Thumbnailer",
        "Expressions", "Identity", "Audit",
        "Metadata", "Documents", "History", "Lists", "Customization", "Lookalikes", "Search", "Collaboration",
        "AutoRepeats", "Forms", "Reports",
        "Jobs", "Automations", "WebClient",
        "Accounting", "Stock", "Selling", "Buying", "SetupWizard",
        "Tenancy", "Gateway",
        "cauldron",
    ]

    static let sources = Repository.swiftFiles(below: "Sources")
    static let tests = Repository.swiftFiles(below: "Tests")

    @Test func `every module has its place in the house`() {
        let modules = Set(Self.sources.compactMap(Repository.module(of:)))
        for module in modules.subtracting(Self.house).sorted() {
            Issue.record("\(module) is not in the list of modules in TidyTests: put it at its place in the house")
        }
        for module in Set(Self.house).subtracting(modules).sorted() {
            Issue.record("\(module) is in the list of modules in TidyTests, but not in Sources")
        }
    }

    @Test func `a module imports only what stands above it in the house`() {
        let places = Dictionary(uniqueKeysWithValues: zip(Self.house, Self.house.indices))
        for file in Self.sources {
            guard let module = Repository.module(of: file), let place = places[module] else { continue }
            for (number, line) in file.numberedLines {
                guard let name = importedModule(line.code), let other = places[name], other >= place else { continue }
                report("\(module) imports \(name), which does not stand above it in the house", file, number)
            }
        }
    }

    @Test func `no module imports what supports the tests`() {
        for file in Self.sources {
            for (number, line) in file.numberedLines where importedModule(line.code) == "TestSupport" {
                report("TestSupport is for tests only", file, number)
            }
        }
    }

    @Test func `a file has one subject`() {
        let limit = 600
        for file in Self.sources + Self.tests where file.lines.count > limit {
            report("the file has \(file.lines.count) lines, more than \(limit): split it by subject", file, limit + 1)
        }
    }

    @Test(arguments: ["FIXME", "TODO", "XXX"])
    func `nothing is left to do`(word: String) {
        for file in Self.sources {
            for (number, line) in file.numberedLines where line.text.containsWord(word) {
                report("\(word): do it now, or write an issue", file, number)
            }
        }
    }

    @Test func `only the command prints`() {
        for file in Self.sources where Repository.module(of: file) != "cauldron" {
            for (number, line) in file.numberedLines where line.code.containsWord("print(", after: { $0 != "." }) {
                report("print( outside the command: use the logger", file, number)
            }
        }
    }

    @Test(arguments: ["try!", "as!", "fatalError(", "@unchecked Sendable", "nonisolated(unsafe)"])
    func `what the compiler cannot check says why it is safe`(word: String) {
        for file in Self.sources {
            for (number, line) in file.numberedLines where line.code.containsWord(word) {
                let above = number > 1 ? file.lines[number - 2] : nil
                if line.comment == .plain || (above?.isOnlyComment == true && above?.comment == .plain) { continue }
                report("\(word) without a // comment above it that says why it is safe", file, number)
            }
        }
    }

    @Test(arguments: ["Double", "Float", "Date()", "Date.now", "UUID()", ".random("])
    func `business code is exact and repeatable`(word: String) {
        for file in Self.sources where file.path.hasPrefix("Sources/Modules/") {
            for (number, line) in file.numberedLines where line.code.containsWord(word) {
                report("\(word): numbers are decimals; clock, identifiers, chance are the session's", file, number)
            }
        }
    }

    @Test(arguments: ["Set<String>", "[String:"])
    func `what business code keeps by names is keyed by Name`(type: String) {
        for file in Self.sources where file.path.hasPrefix("Sources/Modules/") {
            for (number, line) in file.numberedLines where line.code.contains(type) {
                report("\(type): texts that look alike are one key; use Name", file, number)
            }
        }
    }

    @Test(arguments: ["Core", "Modules", "Server"])
    func `what compares text compares its bytes`(layer: String) {
        for file in Self.sources where file.path.hasPrefix("Sources/\(layer)/") {
            let lines = file.numberedLines.map(\.line.code)
            guard !lines.contains(where: { importedModule($0) == "Values" }) else { continue }
            for (number, code) in zip(1..., lines)
            where [" == ", " != ", "case \""].contains(where: { code.contains($0) }) {
                report("the comparison of the standard library: import Values, which compares bytes", file, number)
                break
            }
        }
    }

    @Test func `what other modules use has a doc comment`() {
        let protocols = Protocols(in: Self.sources)
        for file in Self.sources {
            let scopes = file.scopes()
            for (number, line) in file.numberedLines {
                guard let declaration = Declaration(line.code), declaration.isShared else { continue }
                if explainsItself(declaration, in: scopes[number - 1], protocols) { continue }
                if file.hasDocComment(above: number) { continue }
                report("\(declaration.keyword) \(declaration.name) has no /// comment", file, number)
            }
        }
    }

    @Test(arguments: ["Package.resolved", ".build", ".build-venv"])
    func `what is made by building is not in git`(path: String) throws {
        for tracked in try Repository.trackedFiles(at: path).prefix(5) {
            Issue.record("\(tracked) is tracked by git: git rm -r --cached \(path)")
        }
    }
}

/// Records a finding so that it names the file and line, and an editor can go there.
private func report(_ finding: String, _ file: SwiftSource, _ line: Int) {
    Issue.record(
        "\(file.path):\(line): \(finding)",
        sourceLocation: SourceLocation(
            fileID: file.path, filePath: Repository.root.appending(path: file.path).path, line: line, column: 1))
}

/// The module that a line of code imports, without a submodule or the name of a single declaration.
private func importedModule(_ code: String) -> String? {
    var words = code.split(whereSeparator: \.isWhitespace)
    while let word = words.first, word != "import" {
        guard word.first == "@" || ["public", "package", "internal", "fileprivate", "private"].contains(word) else {
            return nil
        }
        words.removeFirst()
    }
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    let path = words.dropFirst().first { !kinds.contains($0) }
    return path?.split(separator: ".").first.map(String.init)
}

/// Whether a declaration needs no comment of its own, because what it implements is documented elsewhere.
private func explainsItself(_ declaration: Declaration, in scope: SwiftSource.Scope, _ protocols: Protocols) -> Bool {
    let wellKnown: Set = ["description", "debugDescription", "rawValue", "hash", "encode", "==", "<"]
    if declaration.keyword == "extension" || wellKnown.contains(declaration.name) { return true }
    if declaration.keyword == "init" {
        let isLiteral = declaration.name.hasSuffix("Literal")
        if isLiteral || declaration.name == "from" || declaration.rest.hasPrefix("() {}") { return true }
    }
    switch scope {
    case .conformance: return true
    case .type(_, let inherits):
        // A field of a DocType: its type and label say what it is.
        if declaration.keyword == "let", inherits.contains(where: { $0.hasSuffix("Schema") }) { return true }
        return protocols.ask(for: declaration.name, in: inherits)
    case .extension(let name): return protocols.ask(for: declaration.name, in: [name])
    default: return false
    }
}

extension String {
    /// Whether the string has the word, with no other part of an identifier before or after it.
    fileprivate func containsWord(_ word: String, after isAllowed: (Character) -> Bool = { _ in true }) -> Bool {
        var start = startIndex
        while let found = self[start...].firstRange(of: word) {
            let before = found.lowerBound == startIndex ? nil : self[index(before: found.lowerBound)]
            let after = found.upperBound == endIndex ? nil : self[found.upperBound]
            let continuesBefore = word.first?.isIdentifier == true && before?.isIdentifier == true
            let continuesAfter = word.last?.isIdentifier == true && after?.isIdentifier == true
            if !continuesBefore, !continuesAfter, before.map(isAllowed) ?? true { return true }
            start = index(after: found.lowerBound)
        }
        return false
    }
}
