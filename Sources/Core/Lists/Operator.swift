internal import Documents
internal import Metadata
internal import Values

/// The operators of filters.
enum Operator: String {
    case equal = "="
    case notEqual = "!="
    case greater = ">"
    case less = "<"
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case like
    case notLike = "not like"
    case isIn = "in"
    case notIn = "not in"
    case isSet = "is"
    case between
    case timespan
    case previous
    case next
    case regex
    case ancestors = "ancestors of"
    case notAncestors = "not ancestors of"
    case descendants = "descendants of"
    case notDescendants = "not descendants of"
    case descendantsInclusive = "descendants of (inclusive)"

    init?(_ text: String) {
        // What most filters say comes first: this runs for every condition of every list.
        if text == "=" {
            self = .equal
            return
        }
        if let op = Operator(rawValue: text) {
            self = op
            return
        }
        let text = text.lowercased()
        switch text {
        case "ilike": self = .like
        case "not ilike": self = .notLike
        case "<>": self = .notEqual
        default:
            guard let op = Operator(rawValue: text) else { return nil }
            self = op
        }
    }

    /// Whether a row without a value meets it, apart from what it is compared with.
    var acceptsNothing: Bool {
        switch self {
        case .notEqual, .notLike, .notIn, .notAncestors, .notDescendants: true
        default: false
        }
    }
}
