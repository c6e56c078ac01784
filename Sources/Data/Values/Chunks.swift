extension Array {
    /// The elements in runs of at most `size`, in order; none where there are no elements.
    @inlinable
    public func chunks(of size: Int) -> [ArraySlice<Element>] {
        precondition(size > 0, "a run has an element")
        if count <= size { return isEmpty ? [] : [self[...]] }
        var chunks: [ArraySlice<Element>] = []
        for start in stride(from: 0, to: count, by: size) {
            chunks.append(self[start..<Swift.min(start + size, count)])
        }
        return chunks
    }
}
