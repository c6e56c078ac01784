public import Documents

extension Registry {
    /// Declares the method that lists documents as they were.
    public mutating func addLists() {
        add(AsOfMethod.method)
    }
}
