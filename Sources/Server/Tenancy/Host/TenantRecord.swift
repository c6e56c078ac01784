internal import Documents
public import Values

/// What a process knows of a tenant before it opens it: its names, and whether it may be used.
public struct TenantRecord: Sendable, Equatable {
    /// What it is called by those who run the server: a short word of small letters, digits and hyphens.
    public let name: String
    /// The host names that lead to it, in small letters and without a port.
    public var hosts: [String]
    /// What people are shown.
    public var title: String
    /// Whether it may be used.
    public var state: State
    /// When it was made.
    public let created: Timestamp
    /// The schema that was made for it; nil for a company in a file, and until there is one.
    public var schema: String?
    /// Where the backup is that was made of it before it is removed; nil where none was wanted.
    public var backup: String?

    /// What may be done with a tenant.
    public enum State: String, Sendable {
        /// It is being made; nobody else may use it yet.
        case creating
        /// It is open to its users.
        case active
        /// It is there, and nobody may use it.
        case suspended
        /// It is being removed.
        case deleting
    }

    init(name: String, hosts: [String], title: String, state: State, created: Timestamp) {
        self.name = name
        self.hosts = hosts
        self.title = title
        self.state = state
        self.created = created
    }

    /// The record for programs.
    public var json: JSON {
        [
            "name": .string(name), "title": .string(title), "hosts": .array(hosts.map(JSON.string)),
            "state": .string(state.rawValue), "created": .string(created.description),
            "schema": schema.map(JSON.string) ?? .null,
        ]
    }

    /// The record as it is kept.
    var kept: JSON {
        guard let backup, case .object(var object) = json else { return json }
        object["backup"] = .string(backup)
        return .object(object)
    }

    /// A record as it was written; nil when it is none of a tenant of this name.
    init?(_ json: JSON, name: String) {
        guard json["name"]?.string == name, let title = json["title"]?.string, let hosts = json["hosts"]?.array,
            let state = json["state"]?.string.flatMap(State.init(rawValue:)),
            let created = json["created"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        let names = hosts.compactMap(\.string)
        guard names.count == hosts.count, names.allSatisfy({ Self.host($0) == $0 }) else { return nil }
        self.init(name: name, hosts: names, title: title, state: state, created: created)
        schema = json["schema"]?.string
        backup = json["backup"]?.string
    }

    // MARK: Names

    /// The longest name, in characters.
    public static let nameLength = 40
    /// The longest host name, in characters.
    static let hostLength = 253
    /// The most host names of one tenant.
    static let mostHosts = 50

    /// Whether a text can be the name of a tenant: it then is also a file name that leads nowhere else.
    public static func isName(_ text: String) -> Bool {
        (1...nameLength).contains(text.utf8.count) && isLabel(text[...])
    }

    /// Letters, digits and hyphens, and none of these at an end.
    private static func isLabel(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, first != hyphen, last != hyphen else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == hyphen
        }
    }

    private static let hyphen = UInt8(ascii: "-")

    /// - Throws: ``Problem/Kind/badTenantName``.
    static func requireName(_ text: String) throws {
        guard isName(text) else {
            throw Problem(
                .badTenantName, "\(text.prefix(60).debugDescription) cannot be the name of a company", field: "name",
                fix: "Use small letters, digits and hyphens between them, at most \(nameLength) characters.")
        }
    }

    /// The host name that is meant by what stands in `Host`: without its port, in small letters. Nil when it is none; only
    /// ASCII letters have a small form here, so that no other letter becomes one of them.
    public static func host(_ text: String) -> String? {
        var bytes = Array(text.utf8)
        if let colon = bytes.lastIndex(of: UInt8(ascii: ":")) {
            let port = bytes[(colon + 1)...]
            guard port.count <= 5, port.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            bytes.removeSubrange(colon...)
        }
        // A full name ends with the root of all names, which is empty.
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard (1...hostLength).contains(bytes.count) else { return nil }
        for place in bytes.indices where (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[place]) {
            bytes[place] += 0x20
        }
        let host = String(decoding: bytes, as: UTF8.self)
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { $0.utf8.count <= 63 && isLabel($0) } ? host : nil
    }

    /// Host names as they are kept, each once.
    ///
    /// - Throws: ``Problem/Kind/badTenantName``.
    static func hosts(_ texts: [String]) throws -> [String] {
        guard texts.count <= mostHosts else {
            throw Problem(.tooMany, "A company has at most \(mostHosts) host names", field: "hosts")
        }
        var hosts: [String] = []
        for text in texts {
            guard let host = host(text), host.utf8.count == text.utf8.count else {
                throw Problem(
                    .badTenantName, "\(text.prefix(60).debugDescription) is no host name", field: "hosts",
                    fix: "Give it as in https://acme.example/: acme.example, without a port.")
            }
            if !hosts.contains(host) { hosts.append(host) }
        }
        return hosts
    }
}
