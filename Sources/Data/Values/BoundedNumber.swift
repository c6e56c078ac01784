extension FixedWidthInteger {
    /// Reads a whole number of a range: an optional sign and digits, and nothing else.
    ///
    /// Numbers from outside are read by it. The range is chosen so that whatever is computed with the number fits, too.
    ///
    /// - Returns: `nil` for what is no whole number, and for one outside the range.
    public init?(_ text: some StringProtocol, in range: ClosedRange<Self>) {
        guard let number = Self(text), range.contains(number) else { return nil }
        self = number
    }
}
