public import Documents

extension Problem.Kind {
    /// What the controllers of tests refuse with.
    public static let refused = Self("refused")
}
