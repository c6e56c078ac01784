internal import Collaboration
public import Documents
internal import Metadata

extension Registry {
    /// Declares the methods that forms and lists call for documents.
    public mutating func addForms() {
        let documents =
            LifecycleMethods.all + SaveMethods.all + DocumentMethod.callers + BulkMethods.all + MapperMethods.all
        let forms = FormMethods.all + TreeMethods.all + UserSettings.methods + RightsMethods.all
        for method in documents + forms + [DraftMethod.method, AuditMethods.head] { add(method) }
        add(table: UserSettings.table, isSealed: true)
    }
}
