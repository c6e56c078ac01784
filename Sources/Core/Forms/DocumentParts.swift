internal import Collaboration
public import Documents
internal import Metadata
public import Values

extension Session {
    /// What can be told beside a document, in version 2 of Frappe's API.
    public static let documentParts = [
        "permissions", "attachments", "assignments", "shares", "tags", "favourites", "follows", "comments", "users",
    ]

    /// What stands around a document the actor may read, by names of ``documentParts``. It is what a form shows, see
    /// ``info(_:_:)``, in other words; `users` tells what those are called whom the document and the other parts name.
    public func parts(_ names: [String], of document: Document) throws -> JSONObject {
        let (doctype, name) = (document.doctype.name, document.name)
        let needsInfo = !Set(names).isSubset(of: ["permissions", "users"])
        let info = needsInfo ? try self.info(doctype, name) : [:]
        var parts: JSONObject = [:]
        var users = [document.owner, document.text("modified_by")]
        for part in names where part != "users" {
            let rows: [JSONObject]
            switch part {
            case "permissions":
                let rights = try rights(on: doctype, name, Right.allCases)
                let flags = Right.allCases.map { ($0.rawValue, JSON.int(rights[$0] == true ? 1 : 0)) }
                parts[part] = .object(JSONObject(flags))
                continue
            case "tags":
                let tags = info["tags"]?.string?.split(separator: ",") ?? []
                parts[part] = .array(tags.map { .string(String($0)) })
                continue
            case "follows":
                parts[part] = info["is_document_followed"] ?? false
                continue
            case "assignments":
                rows = Self.rows(info["assignments"], ["description", "priority", "date"], user: "owner")
            case "shares":
                rows = Self.rows(info["shared"], ["read", "write", "submit", "share"], user: "user")
            case "favourites": rows = Self.rows(info["like_logs"], ["creation"], user: "comment_email")
            case "comments":
                rows = Self.rows(info["comments"], ["name", "content", "creation"], user: "comment_email", as: "owner")
            default: rows = info[part]?.array?.compactMap(\.object) ?? []
            }
            parts[part] = .array(rows.map(JSON.object))
            users += rows.compactMap { ($0["user"] ?? $0["owner"])?.string }
        }
        guard names.contains("users") else { return parts }
        let named = Set(users).subtracting(["", Self.everyone]).sorted()
        let fullNames = try fullNames(of: named)
        parts["users"] = .object(
            JSONObject(named.map { ($0, ["full_name": .string(fullNames[Name($0)] ?? $0)]) }))
        return parts
    }

    private static let everyone = "everyone"

    /// Rows with these keys, and under another one the user that stands under `user` in them.
    private static func rows(
        _ json: JSON?, _ keys: [String], user: String, as key: String = "user"
    ) -> [JSONObject] {
        (json?.array ?? []).map { row in
            var object: JSONObject = [key: row["everyone"]?.int == 1 ? .string(everyone) : row[user] ?? .null]
            for key in keys { object[key] = row[key] ?? .null }
            return object
        }
    }
}
