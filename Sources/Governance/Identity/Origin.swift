/// Where somebody is who signs in or changes credentials, as far as the server knows.
public struct Origin: Sendable, Equatable {
    /// The address; empty where none is known, as for the command.
    public let address: String
    /// What the program calls itself, cut to ``mostAgent`` characters and without signs that cannot be seen.
    public let agent: String

    /// The most characters that are kept of what a program calls itself.
    public static let mostAgent = 300
    private static let mostAddress = 80

    /// An origin as a request tells it.
    public init(address: String, agent: String = "") {
        self.address = Self.line(address, Self.mostAddress)
        self.agent = Self.line(agent, Self.mostAgent)
    }

    /// The network that counts as one when tries are counted.
    public var network: String { NetworkAddress.network(of: address) }

    /// Where the task that runs comes from; nil for the command and for work of the server itself.
    @TaskLocal public static var current: Origin?

    private static func line(_ text: String, _ most: Int) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(most) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: continue
            default: line.append(scalar)
            }
        }
        return String(line)
    }
}
