extension SwiftSource {
    /// What the braces around a line belong to.
    enum Scope: Equatable {
        /// A type, with its name and the names that its declaration inherits from.
        case type(String, inherits: Set<String>)
        /// An extension that adds a protocol: its members are documented there.
        case conformance
        /// An extension of a type that adds no protocol.
        case `extension`(of: String)
        /// A protocol, with the names of those it builds on.
        case `protocol`(String, inherits: Set<String>)
        /// A function's body, a closure, the file itself.
        case other
    }

    /// Each line with its number, counted from one.
    var numberedLines: [(number: Int, line: Line)] {
        zip(1..., lines).map { (number: $0, line: $1) }
    }

    /// The innermost scope at the beginning of each line.
    func scopes() -> [Scope] {
        var open: [Scope] = []
        var header = ""
        return lines.map { line in
            let scope = open.last ?? .other
            for character in line.code {
                switch character {
                case "{":
                    open.append(Self.scope(header: header))
                    header = ""
                case "}":
                    open.removeLast(open.isEmpty ? 0 : 1)
                    header = ""
                default: header.append(character)
                }
            }
            header.append("\n")
            return scope
        }
    }

    /// Whether a doc comment stands above a line, with nothing but attributes and plain comments between them.
    func hasDocComment(above number: Int) -> Bool {
        for line in lines[..<(number - 1)].reversed() {
            let isAttribute = line.code.drop(while: \.isWhitespace).first == "@" && Declaration(line.code) == nil
            if line.isOnlyComment, line.comment == .documentation { return true }
            guard isAttribute || line.isOnlyComment else { return false }
        }
        return false
    }

    /// What a scope is, told by the text between the brace before and the one that opens it.
    private static func scope(header: String) -> Scope {
        let lines = header.split(separator: "\n")
        guard let start = lines.lastIndex(where: { Declaration(String($0)) != nil }),
            let declaration = Declaration(String(lines[start]))
        else { return .other }
        let clause = ([declaration.rest[...]] + lines[(start + 1)...]).joined(separator: " ")
        let inherits = inherited(in: clause)
        switch declaration.keyword {
        case "extension": return inherits.isEmpty ? .extension(of: declaration.name) : .conformance
        case "protocol": return .protocol(declaration.name, inherits: inherits)
        case "struct", "class", "enum", "actor": return .type(declaration.name, inherits: inherits)
        default: return .other
        }
    }

    /// The names after the colon of a type's declaration, before any `where`.
    fileprivate static func inherited(in clause: String) -> Set<String> {
        let clause = clause.firstRange(of: " where ").map { clause[..<$0.lowerBound] } ?? clause[...]
        var depth = 0
        for index in clause.indices {
            // A colon between angle brackets belongs to a generic parameter.
            depth += clause[index] == "<" ? 1 : clause[index] == ">" ? -1 : 0
            guard depth == 0, clause[index] == ":" else { continue }
            return Set(clause[index...].split { !$0.isIdentifier }.map(String.init))
        }
        return []
    }
}

/// The protocols that the sources declare, and what each asks for.
struct Protocols {
    private var requirements: [String: Set<String>] = [:]
    private var parents: [String: Set<String>] = [:]

    init(in files: [SwiftSource]) {
        for file in files {
            for (line, scope) in zip(file.lines, file.scopes()) {
                guard let declaration = Declaration(line.code) else { continue }
                if declaration.keyword == "protocol" {
                    parents[declaration.name, default: []].formUnion(SwiftSource.inherited(in: declaration.rest))
                } else if case .protocol(let name, let inherits) = scope {
                    parents[name, default: []].formUnion(inherits)
                    requirements[name, default: []].insert(declaration.name)
                }
            }
        }
    }

    /// Whether one of the protocols, or one that it builds on, asks for a member of this name.
    func ask(for member: String, in names: Set<String>) -> Bool {
        var seen = names
        var open = Array(names)
        while let name = open.popLast() {
            if requirements[name]?.contains(member) == true { return true }
            open += parents[name, default: []].filter { seen.insert($0).inserted }
        }
        return false
    }
}
