import Documents
import Foundation
import Lists
import Reports
import Values

@testable import Gateway

extension FuzzWorld {
    /// Arguments that methods may look at without declaring them.
    private static let undeclared = [
        "cmd", "sid", "limit_start", "limit_page_length", "start", "limit", "page_length", "fields", "filters",
        "or_filters",
        "order_by", "group_by", "as_dict", "distinct", "cursor", "expand", "as_of", "parent", "rehearse", "run_method",
        "data",
        "csrf_token", "_", "",
    ]

    /// Every argument of every method, declared or not.
    func methodProbes() -> [Probe] {
        methods.flatMap { method -> [Probe] in
            var choice = Choice(method.name)
            let known = method.parameters.filter { $0 != "rehearse" }
            let others = choice.some(4, of: Self.undeclared.filter { !known.contains($0) })
            return (known + others).flatMap { argument in
                let extremes =
                    choice.some(2, of: Extreme.numbers) + choice.some(1, of: Extreme.dates)
                    + choice.some(1, of: Extreme.texts) + choice.some(1, of: Extreme.structures)
                return extremes.enumerated().map { place, extreme in
                    probe(method, argument, extreme, place)
                }
            }
        }
    }

    private func probe(_ method: Called, _ argument: String, _ extreme: Extreme, _ place: Int) -> Probe {
        let target = "/api/method/" + method.name
        let about = "\(argument) is \(extreme.name)"
        // What would end the means to go on is only said.
        let isSaid = method.isRehearsed && argument != "rehearse"
        let given = method.parameters.filter { name in
            name != argument && name != "rehearse" && (method.isRehearsed || !method.writes || name != "user")
        }.compactMap { name in usual(name).map { (name, $0) } }
        var members = given + [(argument, extreme.json)]
        if isSaid { members.append(("rehearse", "1")) }
        let asked = place % 11 == 10 ? nil : key
        if place % 3 != 0 {
            return Probe(about, "POST", target, type: Probe.json, body: Probe.object(members), key: asked)
        }
        let pairs = members.dropLast(isSaid ? 1 : 0).map { name, json in
            let isIt = name == argument
            let text = json.hasPrefix("\"") ? String(json.dropFirst().dropLast()) : json
            return "\(Extreme.encode(name))=\(isIt ? extreme.coded : Extreme.encode(text))"
        }
        let form = (pairs + (isSaid ? ["rehearse=1"] : [])).joined(separator: "&")
        return method.writes
            ? Probe(about, "POST", target, type: Probe.form, body: form, key: asked)
            : Probe(about, "GET", target + "?" + form, key: asked)
    }

    /// Every filter of every report, by the method and on its page.
    func reportProbes() -> [Probe] {
        reports.flatMap { report -> [Probe] in
            var choice = Choice(report.name)
            let names = report.filters.map(\.name)
            return (names + ["no_filter"]).flatMap { filter -> [Probe] in
                let extremes =
                    choice.some(4, of: Extreme.numbers) + choice.some(2, of: Extreme.dates)
                    + choice.some(2, of: Extreme.texts + Extreme.structures)
                return extremes.enumerated().map { place, extreme in
                    let others = report.filters.filter { $0.name != filter && ($0.isRequired || place % 2 == 1) }
                    let given = others.compactMap { other in usual(other.name).map { (other.name, $0) } }
                    let about = "\(report.name): \(filter) is \(extreme.name)"
                    if place % 4 == 3 {
                        let pairs = given.map { "\($0.0)=\(Extreme.encode(String($0.1.dropFirst().dropLast())))" }
                        let query = (pairs + ["\(filter)=\(extreme.coded)"]).joined(separator: "&")
                        return Probe(about, "GET", "/report/\(Extreme.encode(report.name))?\(query)", key: key)
                    }
                    let filters = Probe.object(given + [(filter, extreme.json)])
                    let body = Probe.object([("report_name", JSON.string(report.name).text), ("filters", filters)])
                    return Probe(
                        about, "POST", "/api/method/frappe.desk.query_report.run", type: Probe.json, body: body,
                        key: key)
                }
            }
        }
    }

    /// Every argument of lists, and a condition on every field, with every operator.
    func listProbes() -> [Probe] {
        let arguments = [
            "fields", "filters", "or_filters", "order_by", "group_by", "limit_start", "limit_page_length", "start",
            "limit",
            "page_length", "as_dict", "distinct", "cursor", "expand", "as_of", "parent", "parent_doctype", "debug",
            "sid",
        ]
        let types = registry.doctypes
        var place = 0
        var probes = arguments.flatMap { argument in
            Extreme.all.map { extreme in
                place += 1
                let type = types[place % types.count]
                return Probe(
                    "\(argument) is \(extreme.name)", "GET", "\(Self.path(type))?\(argument)=\(extreme.coded)",
                    key: place % 13 == 12 ? nil : key)
            }
        }
        let operators = [
            "=", "!=", ">", "<=", "like", "not like", "in", "not in", "is", "between", "timespan", "previous", "next",
            "regex",
            "ancestors of", "descendants of (inclusive)",
        ]
        var choice = Choice("conditions")
        for type in types {
            let parent = registry.parents(of: type.name).first.map { [("parent", JSON.string($0.name).text)] } ?? []
            for field in type.allColumns {
                let extreme = choice.one(of: Extreme.fitting(field.type.column))
                let condition = "[[\"\(field.name)\", \"\(choice.one(of: operators))\", \(extreme.json)]]"
                let body = [("doctype", JSON.string(type.name).text), ("filters", condition)] + parent
                probes.append(
                    Probe(
                        "a condition", "POST", "/api/method/frappe.client.get_list", type: Probe.json,
                        body: Probe.object(body), key: key))
            }
        }
        return probes
    }

    /// Every field of every DocType, of its rows too, on adding and on changing a document.
    func documentProbes() -> [Probe] {
        registry.doctypes.filter(isWritten).flatMap { type -> [Probe] in
            var choice = Choice(type.name)
            let base = base(type)
            let name = documents[type.name]?["name"]?.string
            func probes(
                _ place: Int, _ about: String, _ members: [(String, String)], _ change: (String, String)
            ) -> [Probe] {
                // Most are only said, so that what is there stays as it is.
                let query = place % 4 == 3 ? "" : "?rehearse=1"
                let added = Probe(
                    about, "POST", Self.path(type) + query, type: Probe.json, body: Probe.object(members), key: key)
                guard let name, place % 2 == 0 else { return [added] }
                let body = Probe.object([change])
                return [
                    added,
                    Probe(about, "PUT", Self.path(type, name) + "?rehearse=1", type: Probe.json, body: body, key: key),
                ]
            }
            var result: [Probe] = []
            var place = 0
            for field in type.fields where field.type.column != nil || field.type.isTable {
                let extremes = choice.some(1, of: Extreme.fitting(field.type.column)) + choice.some(1, of: Extreme.all)
                for extreme in extremes {
                    place += 1
                    let about = "\(type.name).\(field.name) is \(extreme.name)"
                    result += probes(
                        place, about, Self.replacing(base, field.name, extreme.json), (field.name, extreme.json))
                }
                guard field.type.isTable, let child = registry.find(field.options ?? "") else { continue }
                for column in child.fields where column.type.column != nil {
                    place += 1
                    let extreme = choice.one(of: Extreme.fitting(column.type.column))
                    let about = "\(type.name).\(field.name).\(column.name) is \(extreme.name)"
                    let rows = rows(of: field, child, in: base, column.name, extreme)
                    result += probes(place, about, Self.replacing(base, field.name, rows), (field.name, rows))
                }
            }
            // Every number, or every date, at once.
            for extreme in choice.some(2, of: Extreme.numbers) + choice.some(1, of: Extreme.dates) {
                place += 1
                let fitting = type.fields.filter { field in
                    field.type.column != nil && Extreme.fitting(field.type.column).first?.kind == extreme.kind
                }
                let all = fitting.reduce(base) { Self.replacing($0, $1.name, extreme.json) }
                result += probes(place, "\(type.name): all are \(extreme.name)", all, ("name", extreme.json))
            }
            return result
        }
    }

    private func rows(
        of table: FieldDefinition, _ child: DocType, in base: [(String, String)], _ column: String, _ extreme: Extreme
    ) -> String {
        let given = base.first { $0.0 == table.name }.flatMap { try? JSON.parse($0.1).array?.first?.object }
        let members = given?.members.map { ($0.key, $0.value.text) } ?? []
        return "[" + Probe.object(Self.replacing(members, column, extreme.json)) + "]"
    }

    /// Every page with what may stand behind it, and every route with extremes for names.
    func pageProbes() -> [Probe] {
        var choice = Choice("pages")
        var probes: [Probe] = []
        for type in registry.doctypes {
            let path = "/list/" + Extreme.encode(type.name)
            let fields = type.fields.filter { $0.type.column != nil }.map(\.name)
            for argument in ["q", "page", "sort", "docstatus", "cmd", "_"] + choice.some(4, of: fields) {
                let extreme = choice.one(of: Extreme.all)
                let name = choice.one(of: [argument, "is.\(argument)"])
                probes.append(
                    Probe("a page", "GET", "\(path)?\(Extreme.encode(name))=\(extreme.coded)&page=2", key: key))
            }
        }
        let paths = [
            "/list/%@", "/doc/Customer/%@", "/doc/%@/%@", "/report/%@", "/login?next=%@", "/?cmd=%@", "/files/%@",
            "/private/files/%@", "/api/resource/%@", "/api/resource/Customer/%@",
            "/api/resource/Customer/Alfreds?as_of=%@",
            "/api/method/%@", "/api/v1/method/%@", "/%@", "/list/Customer?page=%@", "/list/Item?sort=%@",
            "/api/resource/Customer/Alfreds?run_method=%@", "/api/%@/%@",
        ]
        for (place, extreme) in Extreme.all.enumerated() {
            for path in paths {
                let target = path.replacing("%@", with: extreme.coded)
                probes.append(Probe("a path", "GET", target, key: place % 2 == 0 ? key : nil))
            }
            for method in ["PUT", "DELETE", "POST", "HEAD", "OPTIONS"] {
                let target = "/api/resource/Customer/\(extreme.coded)?rehearse=1"
                probes.append(
                    Probe("a name", method, target, type: Probe.json, body: method == "HEAD" ? nil : "{}", key: key))
            }
        }
        return probes
    }

    /// Every list, document and report as it is now, of whatever the others have left.
    func readingProbes() -> [Probe] {
        registry.doctypes.flatMap { type -> [Probe] in
            let list = Self.path(type) + "?limit=0&fields=%5b%22*%22%5d"
            let name = documents[type.name]?["name"]?.string
            return [
                Probe("all", "GET", list, key: key),
                Probe("a page", "GET", "/list/" + Extreme.encode(type.name), key: key),
            ]
                + (name.map { name in
                    let path = "/doc/" + Extreme.encode(type.name) + "/" + Extreme.encode(name)
                    return [Probe("a page", "GET", path, key: key)]
                } ?? [])
        }
            + reports.map { Probe("a report", "GET", "/report/" + Extreme.encode($0.name), key: key) }
    }

    /// Every header that the gateway reads, on every kind of route.
    func headerProbes() throws -> [Probe] {
        let routes = [
            ("GET", file), ("HEAD", file), ("GET", "/api/resource/Customer?limit=1"), ("GET", "/list/Customer"),
            ("POST", "/api/method/frappe.client.get_count"), ("POST", "/api/method/upload_file"), ("POST", "/login"),
        ]
        var choice = Choice("headers")
        let names = try Self.headerNames()
        return names.flatMap { name in
            routes.flatMap { method, target -> [Probe] in
                let values =
                    choice.some(3, of: Extreme.all.filter { $0.json.utf8.count < 30_000 }.map(\.plain))
                    + (Self.headerValues[name.lowercased()] ?? [])
                return values.map { value in
                    Probe(
                        "\(name) is \(value.prefix(60))", method, target, headers: [(name, value)], type: Probe.json,
                        body: method == "POST" ? "{\"doctype\": \"Customer\", \"rehearse\": 1}" : nil, key: key)
                }
            }
        }
    }

    /// The names of headers that stand in the sources of the gateway.
    static func headerNames() throws -> [String] {
        let folder = Repository.path("Sources/Server/Gateway")
        var names: Set<String> = [
            "Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Connection", "X-HTTP-Method-Override",
        ]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix(".swift") {
            let text = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
            for match in text.matches(of: /HTTPField\.Name\("([^"]+)"\)/) { names.insert(String(match.1)) }
            for match in text.matches(of: /"(X-[A-Za-z-]+)"/) { names.insert(String(match.1)) }
            for match in text.matches(of: /[hH]ead(?:ers|erFields|Fields)\[(?:values: )?\.([A-Za-z]+)\]/) {
                names.insert(Self.written(String(match.1)))
            }
            for match in text.matches(of: /fields\[\.([A-Za-z]+)\]/) { names.insert(Self.written(String(match.1))) }
            if path.hasSuffix("Incoming.swift") {
                for match in text.matches(of: /case \.([A-Za-z]+):/) { names.insert(Self.written(String(match.1))) }
            }
        }
        return names.sorted()
    }

    /// `ifNoneMatch` as `If-None-Match`.
    private static func written(_ name: String) -> String {
        let words = name.reduce(into: "") { text, letter in
            if letter.isUppercase { text.append("-") }
            text.append(letter)
        }
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private static let headerValues: [String: [String]] = [
        "range": [
            "bytes=0-9223372036854775807", "bytes=9223372036854775807-", "bytes=-9223372036854775807",
            "bytes=9223372036854775807-9223372036854775807", "bytes=-9223372036854775808", "bytes=1-0", "bytes=-0",
            "bytes=--5", "bytes=0-9223372036854775808", "bytes=", "bytes=0-0,1-1", "bytes=+1-+2",
        ],
        "authorization": [
            "token", "token :", "token a:b", "Basic", "Basic AAAA", "Basic Og==", "Basic AGE6AGI=", "Bearer x",
            "token \u{301}:\u{301}",
        ],
        "cookie": [
            "sid=", "sid=Guest", "sid=%00", "sid=%ff", "sid=;;;=", "sid=" + String(repeating: "x", count: 10_000),
        ],
        "content-type": [
            "application/json; charset=\"", "multipart/form-data", "multipart/form-data; boundary=",
            "application/+json",
            "multipart/form-data; boundary=\"\\\"", "application/x-www-form-urlencoded;", ";",
            "multipart/form-data; boundary=--",
        ],
        "host": ["", "a b", "[::1", ":99999999999999999999", "x:y:z"],
        "content-length": ["0", "1", "9223372036854775807", "9223372036854775808", "-1", "1e3", "007"],
        "x-forwarded-for": [",", ",,,", "1.2.3.4, x"],
        "if-none-match": ["*", "\"\"", "W/\"x\""],
    ]
}

extension Extreme {
    /// The text of it as a header has it: without what ends a header.
    var plain: String {
        let text = json.hasPrefix("\"") ? String(json.dropFirst().dropLast()) : json
        return text.filter { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }
    }
}
