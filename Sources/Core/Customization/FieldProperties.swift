public import Documents
internal import Metadata
internal import Values

/// The properties of a field, as a DocType's rows and Custom Fields hold them. The names are Frappe's.
///
/// What a client sends besides stays in `properties`, as it came.
public struct FieldProperties: FieldGroup {
    let label = Data(.inListView)
    let fieldtype = Select(FieldType.allCases.map(\.rawValue), .required, .fallback("Data"), .inListView)
    let options = LongText(.inListView)
    let fallback = LongText(.named("default"))
    let description = LongText()
    let reqd = Check(.inListView)
    let readOnly = Check()
    let hidden = Check()
    let bold = Check()
    let unique = Check()
    let searchIndex = Check()
    let inListView = Check()
    let inStandardFilter = Check()
    let inGlobalSearch = Check()
    let allowInQuickEntry = Check()
    let noCopy = Check()
    let allowOnSubmit = Check()
    let setOnlyOnce = Check()
    let nonNegative = Check()
    let allowBulkEdit = Check()
    let ignoreUserPermissions = Check()
    let ignoreXssFilter = Check()
    let mask = Check()
    let translatable = Check()
    let isVirtual = Check()
    let printHide = Check()
    let reportHide = Check()
    let permlevel = IntField(.nonNegative)
    let length = IntField(.nonNegative)
    let columns = IntField(.nonNegative)
    let precision = Data()
    let dependsOn = LongText()
    let mandatoryDependsOn = LongText()
    let readOnlyDependsOn = LongText()
    let fetchFrom = SmallText()
    let fetchIfEmpty = Check()
    let formula = LongText()
    let properties = JSONField(.hidden, .description("What else was said of the field."))
    init() {}

    /// The names of all of them but the last.
    static let names: [String] = Mirror(reflecting: FieldProperties()).children.compactMap { child in
        guard let label = child.label, let field = child.value as? any FieldDeclaration, label != "properties" else {
            return nil
        }
        return field.declaration.definition(named: Text.snakeCase(label)).name
    }
}
