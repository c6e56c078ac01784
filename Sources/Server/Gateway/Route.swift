internal import Collaboration
internal import Documents
internal import Lists
internal import Values

/// Where a path leads.
enum Route: Equatable {
    case health
    case openAPI
    /// `/api/docs`
    case docs
    /// `/api/uploads`
    case uploads
    /// `/api/uploads/<id>`
    case upload(String)
    /// `/api/method/<name>`; what an address of version 2 says of the arguments comes with it.
    case method(String, JSONObject = [:])
    /// `/api/v2/method/<DocType>/<name>`: the method of a DocType.
    case doctypeMethod(String, String)
    /// `/api/v2/discovery…`: what stands behind it.
    case discovery([String])
    /// `/api/resource/<DocType>`
    case resources(String)
    /// `/api/resource/<DocType>/<name>`; the name may hold slashes.
    case resource(String, String)
    /// `/files/…` or `/private/files/…`, decoded.
    case file(String)
    /// `/api/events`
    case events
    case page(PageRoute)
    case unknown

    /// Reads a path as it was sent: segments are cut before they are decoded, once. A slash at the end does not count.
    init(_ path: Substring) {
        var path = path
        while path.utf8.count > 1, path.utf8.last == 0x2F { path = path.dropLast() }
        if path.hasPrefix("/api/") {
            var rest = path.dropFirst(5)
            if rest == "docs" {
                self = .docs
                return
            }
            if rest.hasPrefix("v2/") {
                self = Self.version2(rest.dropFirst(3))
                return
            }
            if rest.hasPrefix("v1/") { rest = rest.dropFirst(3) }
            self = Self.api(rest)
        } else {
            switch path {
            case "/healthz": self = .health
            case "/openapi.json": self = .openAPI
            case _ where path.hasPrefix("/files/") || path.hasPrefix("/private/files/"):
                self = .file(PercentCoding.decode(path))
            default: self = PageRoute(path).map(Route.page) ?? .unknown
            }
        }
    }

    private static func api(_ rest: Substring) -> Route {
        if rest == "events" { return .events }
        let (kind, behind) = cut(rest)
        if kind == "uploads", behind == nil { return .uploads }
        guard let behind, !behind.isEmpty else { return .unknown }
        let (first, name) = cut(behind)
        switch kind {
        case "uploads": return name == nil ? .upload(PercentCoding.decode(first)) : .unknown
        // Only the first segment is the method's name.
        case "method": return .method(PercentCoding.decode(first))
        case "resource":
            let doctype = PercentCoding.decode(first)
            return name.map { .resource(doctype, PercentCoding.decode($0)) } ?? .resources(doctype)
        default: return .unknown
        }
    }

    /// Version 2: documents as in version 1, and more addresses, each of which calls a method.
    private static func version2(_ rest: Substring) -> Route {
        let (kind, behind) = cut(rest)
        if kind == "discovery" {
            let parts = (behind ?? "").split(separator: "/", omittingEmptySubsequences: false)
            return .discovery(behind == nil ? [] : parts.map { PercentCoding.decode($0) })
        }
        guard let behind, !behind.isEmpty else { return .unknown }
        let (first, rest) = cut(behind)
        let doctype = PercentCoding.decode(first)
        switch (kind, rest) {
        case ("method", nil): return .method(doctype)
        case ("method", let name?): return .doctypeMethod(doctype, PercentCoding.decode(name))
        case ("document", nil): return .resources(doctype)
        case ("document", let name?): return document(doctype, name)
        case ("doctype", "meta"?): return .method("cauldron.meta.get", ["doctype": .string(doctype)])
        case ("doctype", "count"?): return .method("frappe.client.get_count", ["doctype": .string(doctype)])
        case ("doctype", "search"?): return .method("frappe.desk.search.search_link", ["doctype": .string(doctype)])
        default: return .unknown
        }
    }

    /// What stands behind `document/<DocType>/`. The words at its end count only as they are written here, so that a name
    /// that has them is reached with one of their letters percent-encoded.
    private static func document(_ doctype: String, _ rest: Substring) -> Route {
        let target: JSONObject = ["doctype": .string(doctype)]
        if rest == "bulk_delete" || rest == "bulk_update" { return .method(String(rest), target) }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        func name(without count: Int) -> String {
            PercentCoding.decode(parts.dropLast(count).joined(separator: "/")[...])
        }
        if parts.count > 1, parts.last == "copy" {
            return .method("cauldron.copy", ["doctype": .string(doctype), "name": .string(name(without: 1))])
        }
        if parts.count > 2, parts[parts.count - 2] == "method" {
            let method = PercentCoding.decode(parts[parts.count - 1])
            return .method(
                "run_doc_method",
                ["dt": .string(doctype), "dn": .string(name(without: 2)), "method": .string(method)])
        }
        return .resource(doctype, name(without: 0))
    }

    /// What stands before the first slash, and what behind it.
    static func cut(_ text: Substring) -> (Substring, Substring?) {
        guard let slash = text.utf8.firstIndex(of: 0x2F) else { return (text, nil) }
        return (text[..<slash], text[text.index(after: slash)...])
    }
}

/// The pages for people.
enum PageRoute: Equatable {
    case home
    case signIn
    case signOut
    case list(String)
    case document(String, String)
    case report(String)

    init?(_ path: Substring) {
        switch path {
        case "/", "": self = .home
        case "/login": self = .signIn
        case "/logout": self = .signOut
        default:
            let (kind, rest) = Route.cut(path.dropFirst())
            guard let rest, !rest.isEmpty else { return nil }
            switch kind {
            case "list": self = .list(PercentCoding.decode(rest))
            case "report": self = .report(PercentCoding.decode(rest))
            case "doc":
                let (doctype, name) = Route.cut(rest)
                guard let name else { return nil }
                self = .document(PercentCoding.decode(doctype), PercentCoding.decode(name))
            default: return nil
            }
        }
    }

    /// What it is asked for by.
    var verbs: Verbs {
        switch self {
        case .signIn, .signOut, .document: .form
        case .home, .list, .report: .reading
        }
    }

    /// The path that leads here.
    var path: String {
        switch self {
        case .home: "/"
        case .signIn: "/login"
        case .signOut: "/logout"
        case .list(let doctype): "/list/" + PercentCoding.encode(doctype)
        case .document(let doctype, let name):
            "/doc/" + PercentCoding.encode(doctype) + "/" + PercentCoding.encode(name)
        case .report(let name): "/report/" + PercentCoding.encode(name)
        }
    }
}
