public import Values

/// The end of an audit log as it was at some moment, signed by the company: whoever keeps it can tell later whether the log
/// still holds what it held then. It tells nothing else of the company.
public struct AuditHead: Sendable, Equatable {
    /// The number of the newest entry.
    public let number: Int64
    /// Its hash, to which every entry before it adds.
    public let hash: [UInt8]
    /// When the head was taken.
    public let time: Timestamp
    /// The key that has signed it; see ``AuditKey/identity``.
    public let key: [UInt8]
    /// The signature, of Ed25519.
    public let signature: [UInt8]

    /// The head of a log, signed.
    ///
    /// - Throws: what the cryptography throws.
    public init(number: Int64, hash: [UInt8], time: Timestamp, under key: AuditKey) throws {
        self.number = number
        self.hash = hash
        self.time = time
        self.key = key.identity
        signature = try key.signature(of: Self.statement(number, hash, time))
    }

    /// A head from its form for programs, or nil when it is none.
    public init?(_ json: JSON) {
        guard let number = json["number"]?.int, let hash = json["hash"]?.string.flatMap({ [UInt8](hexText: $0) }),
            let time = json["time"]?.string.flatMap({ Timestamp($0) }),
            let key = json["key"]?.string.flatMap({ [UInt8](hexText: $0) }),
            let signature = json["signature"]?.string.flatMap({ [UInt8](hexText: $0) })
        else { return nil }
        self.number = number
        self.hash = hash
        self.time = time
        self.key = key
        self.signature = signature
    }

    /// The head for programs.
    public var json: JSON {
        [
            "number": .int(number), "hash": .string(hash.hexText), "time": .string(time.description),
            "key": .string(key.hexText), "signature": .string(signature.hexText),
        ]
    }

    /// Whether the key that it names has signed it.
    public var isSigned: Bool {
        AuditKey.holds(signature, of: Self.statement(number, hash, time), by: key)
    }

    private static func statement(_ number: Int64, _ hash: [UInt8], _ time: Timestamp) -> [UInt8] {
        Array("cauldron audit head \(number) \(hash.hexText) \(time.microseconds)".utf8)
    }
}
