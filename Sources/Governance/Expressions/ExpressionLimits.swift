/// How large an expression may be and how long it may take. Passing a limit is a clear problem, never a crash.
///
/// Compiling and evaluating recurse. With ``standard`` the deepest expressions need a stack of less than 512 KiB in a release
/// build and less than 2 MiB in a debug build.
public struct ExpressionLimits: Sendable, Hashable {
    /// The longest source, in bytes of UTF-8.
    public var sourceBytes: Int
    /// How deep parentheses, lists, maps and calls may be nested in the source.
    public var nesting: Int
    /// How many nodes may lie between the root and a leaf of the syntax tree. Evaluation recurses that deep.
    public var height: Int
    /// How many nodes the syntax tree may have.
    public var nodes: Int
    /// What one evaluation may cost: a unit for each node visited and each element of a list made or compared, a unit for each
    /// sixteen bytes of text compared, copied, read or searched, also as the key of a map or for a function of the scope, a
    /// unit for each state that a pattern is in at a character, and sixteen for looking up a time zone.
    public var cost: Int
    /// How many instructions a regular expression may have after its counted repetitions are written out.
    public var patternSize: Int

    /// What conditions and formulas of documents are held to.
    public static var standard: ExpressionLimits {
        ExpressionLimits(
            sourceBytes: 16_384, nesting: 64, height: 160, nodes: 4096, cost: 250_000, patternSize: 2000)
    }

    /// Limits of one's own.
    public init(sourceBytes: Int, nesting: Int, height: Int, nodes: Int, cost: Int, patternSize: Int) {
        self.sourceBytes = sourceBytes
        self.nesting = nesting
        self.height = height
        self.nodes = nodes
        self.cost = cost
        self.patternSize = patternSize
    }
}
