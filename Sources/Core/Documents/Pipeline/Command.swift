public import Values

/// Something to be done, as a value: an action, its target and its content. It can be kept, shown, rehearsed and run again.
///
/// Whatever comes from outside becomes a command: requests, bulk work, what is rehearsed, what waits to be approved.
public struct Command: Sendable, Equatable {
    /// What is done.
    public enum Action: String, Sendable, CaseIterable {
        /// Adds a document, of the content; one whose `docstatus` is 1 is submitted at once.
        case insert
        /// Changes the fields of the content.
        case save
        /// Changes the document of the content, or adds it if there is none of its name.
        case put
        /// Submits a draft, with the changes of the content.
        case submit
        /// Cancels a submitted document.
        case cancel
        /// Ends a draft.
        case discard
        /// Adds a draft like a cancelled document.
        case amend
        /// Removes a draft or a cancelled document; with `cascade` 1 what links to it, too.
        case delete
        /// Gives a document the name `new_name`, or with `merge` 1 lets the one of that name take it over.
        case rename
        /// Brings back what a Deleted Document keeps.
        case restore
        /// Assigns a document to the users `assign_to`; see ``Assignment`` for the rest.
        case assign
        /// Marks a document with the tag `tag`.
        case tag
        /// Calls a method with the content as its arguments.
        case call
    }

    /// What is done.
    public let action: Action
    /// The DocType; of a call the method.
    public let target: String
    /// The document, where there is one already.
    public let name: String?
    /// Fields and values, or arguments.
    public let content: JSONObject

    /// A command.
    public init(_ action: Action, _ target: String, _ name: String? = nil, _ content: JSONObject = [:]) {
        self.action = action
        self.target = target
        self.name = name
        self.content = content
    }

    /// The command of an action's word, as somebody sends it.
    ///
    /// - Throws: ``Problem/Kind/notAnOption`` for a word that is no action, or none of `actions`.
    public static func action(_ word: String, of actions: [Action]) throws -> Action {
        guard let action = Action(rawValue: word.lowercased()), actions.contains(action) else {
            let words = actions.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .notAnOption, "There is no action \(word.prefix(40))", field: "action", fix: "Use one of: \(words).")
        }
        return action
    }

    /// Reads a command that was kept as ``json``; nil when it is none.
    public init?(_ json: JSON) {
        guard let action = json["action"]?.string.flatMap(Action.init), let target = json["target"]?.string else {
            return nil
        }
        self.init(action, target, json["name"]?.string, json["content"]?.object ?? [:])
    }

    /// The command as JSON.
    public var json: JSON {
        var object: JSONObject = ["action": .string(action.rawValue), "target": .string(target)]
        object["name"] = name.map(JSON.string)
        if !content.isEmpty { object["content"] = .object(content) }
        return .object(object)
    }
}

/// What came of a command: the document it was about, where one is left, and the answer of a method.
public struct CommandResult {
    /// The document as it is now; nil where it is gone, and after a call.
    public let document: Document?
    /// What the method answered; null after anything else.
    public let answer: JSON
}
