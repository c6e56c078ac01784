internal import Collaboration
public import Documents
internal import Metadata

extension Registry {
    /// Declares the methods that forms and lists call for documents.
    public mutating func addForms() {
        for method in LifecycleMethods.all + FormMethods.all + RightsMethods.all + [DraftMethod.method] { add(method) }
    }
}
