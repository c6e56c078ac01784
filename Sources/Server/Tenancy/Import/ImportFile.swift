/// A file that can be read more than once.
public struct ImportFile: Sendable {
    /// Opens it: what comes gives some bytes each time, none at the end.
    public let open: @Sendable () throws -> (() throws -> [UInt8])

    /// A file that `open` opens.
    public init(open: @escaping @Sendable () throws -> (() throws -> [UInt8])) { self.open = open }

    /// A file that is there as a whole.
    public init(_ bytes: [UInt8]) {
        self.init {
            var rest = bytes
            return {
                defer { rest = [] }
                return rest
            }
        }
    }
}
