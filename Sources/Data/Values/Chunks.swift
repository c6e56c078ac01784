extension Array {
    /// The elements in runs of at most `size`, in order; none where there are no elements.
    public func chunks(of size: Int) -> [ArraySlice<Element>] {
        precondition(size > 0, "a run has an element")
        return stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
