public import Documents
public import Values

extension GenericDocTypes {
    /// What is sent for a document of a DocType whose rules made-up values do not meet.
    public struct Example: Sendable {
        let changes: JSONObject
        let change: Change
        let afterCancel: AfterCancel
        public let makes: Set<String>
        /// What is sent for a document; it makes in the session what that needs.
        public let values: @Sendable (Session) throws -> JSONObject

        /// Whether a document takes the changes.
        public enum Change: Sendable {
            /// It is saved with them.
            case taken
            /// Its rules refuse them, as they refuse every change.
            case refused
        }

        /// What becomes of a cancelled document that somebody deletes.
        public enum AfterCancel: Sendable {
            /// It is gone.
            case goes
            /// It stays, because what it posted stays.
            case stays
        }

        /// `values` are sent, and then the fields in `changes` become what stands there.
        ///
        /// The fields that `makes` names link to documents that the DocType makes with each of its own: they go with it, and
        /// a file does not bring them.
        public init(
            changing changes: JSONObject, _ change: Change = .taken, afterCancel: AfterCancel = .goes,
            makes: Set<String> = [], values: @escaping @Sendable (Session) throws -> JSONObject
        ) {
            self.changes = changes
            self.change = change
            self.afterCancel = afterCancel
            self.makes = makes
            self.values = values
        }
    }

    /// Examples for the DocTypes of the core, of which some are about other documents: here about `one` and `other`.
    public static func coreExamples(about doctype: String, _ one: String, _ other: String) -> [String: Example] {
        let (type, one, other) = (JSON.string(doctype), JSON.string(one), JSON.string(other))
        return [
            "Role Profile": .init(changing: ["roles": [["role": "Buyer"]]]) { session in
                for role in ["Seller", "Buyer"] { try session.make("Role", ["role_name": .string(role)]) }
                return ["role_profile": "Trade", "roles": [["role": "Seller"], ["role": "Buyer"]]]
            },
            "DocShare": .init(changing: ["notify_by_email": 1]) { session in
                ["user": try user(session), "share_doctype": type, "share_name": one, "read": 1, "write": 1]
            },
            "Document Follow": .init(changing: ["ref_docname": other], .refused) { session in
                ["user": try user(session), "ref_doctype": type, "ref_docname": one]
            },
            "Tag Link": .init(changing: ["document_name": other], .refused) { session in
                let tag = try session.make("Tag", ["__newname": "late"]).name
                return ["tag": .string(tag), "document_type": type, "document_name": one]
            },
            "System Settings": .init(changing: ["session_expiry": "24:00"]) { _ in ["session_expiry": "170:00"] },
            "Webhook": .init(changing: ["webhook_docevent": "on_change", "timeout": 9]) { _ in
                [
                    "webhook_doctype": "ToDo", "webhook_docevent": "after_insert", "enabled": 0,
                    "request_url": "https://shop.example/hook",
                    "webhook_headers": [["key": "X-Till", "value": "3"]],
                    "webhook_data": [["fieldname": "description", "key": "what"]],
                ]
            },
            // A folder is called by its file_name when it is made.
            "File": .init(changing: ["is_private": 0]) { _ in ["file_name": "Papers", "is_folder": 1] },
            "ToDo": .init(changing: ["description": "<p>Write back</p>", "priority": "High"]) { session in
                [
                    "allocated_to": try user(session), "description": "Call back", "date": "1996-02-01",
                    "reference_type": type, "reference_name": one,
                ]
            },
            "User Permission": .init(changing: ["for_value": other]) { session in
                ["user": try user(session), "allow": type, "for_value": one]
            },
        ]
    }

    private static func user(_ session: Session) throws -> JSON {
        .string(try session.make("User", ["email": "ana@example.com", "first_name": "Ana"]).name)
    }
}
