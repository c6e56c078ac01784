public import Values

extension Problem {
    /// The problem as programs read it: its code, the sentence, where it is, what would fix it, and the wording.
    public var json: JSON {
        var object: JSONObject = ["code": .string(kind.code), "message": .string(message)]
        object["doctype"] = doctype.map(JSON.string)
        object["name"] = name.map(JSON.string)
        object["fieldname"] = fieldname.map(JSON.string)
        object["field"] = field.map(JSON.string)
        object["table"] = table.map(JSON.string)
        object["row"] = row.map { .int(Int64($0)) }
        object["fix"] = fix.map(JSON.string)
        object["wording"] = wording
        return .object(object)
    }

    /// The templates of the sentences, which a catalogue is looked up by, and what stands in them.
    public var wording: JSON {
        func described(_ text: ProblemText) -> JSON {
            ["template": .string(text.template), "arguments": .array(text.arguments.map(JSON.string))]
        }
        var object: JSONObject = ["message": described(text)]
        object["fix"] = remedy.map(described)
        return .object(object)
    }
}
