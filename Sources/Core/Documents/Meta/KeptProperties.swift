package import Values

extension Document {
    /// What a document that keeps more than its fields was sent besides.
    package var keptProperties: JSONObject {
        guard let text = self["properties"].text, case .object(let kept)? = try? JSON.parse(text) else { return [:] }
        return kept
    }

    /// Keeps what a client sent of a document that keeps more than its fields: what no field has, and how the rest was
    /// written where it says nothing (`0`, `""`, `null`), so that it is written the same again.
    package func keepProperty(_ key: String, _ value: JSON) {
        var kept = keptProperties
        kept[key] = value
        set("properties", JSON.object(kept).text)
    }

    /// Lets numbers and switches that nobody gave be zero, as a table holds them.
    package func fillZeros() {
        for slot in values.indices where values[slot].isNull && doctype.columns[slot].type.isNumeric {
            values[slot] = Value(.zero, for: doctype.columns[slot])
        }
    }
}

extension Value {
    /// Whether it is null, empty text or zero.
    package var isNothing: Bool {
        switch self {
        case .int(0), .decimal(0, _): true
        default: isEmpty
        }
    }
}
