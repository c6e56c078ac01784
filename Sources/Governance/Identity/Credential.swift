internal import Storage
internal import Synchronization
public import Values

/// What somebody is known by, without its secret: for connections that outlast a request.
public enum Credential: Sendable, Hashable {
    /// A web session, by the digest of its identifier.
    case session([UInt8])
    /// A key, with the digest of its secret.
    case key(Name, secret: [UInt8])

    /// A web session.
    public init(ofSession sid: String) { self = .session(Secret.digest(sid)) }

    /// A key with its secret.
    public init(ofKey key: String, secret: String) { self = .key(Name(key), secret: Secret.digest(secret)) }
}

extension IdentityStore {
    /// Moves when this process ends sessions or keys.
    public var generation: Int { cache.withLock(\.generation) }

    /// Those among some credentials that are good for nothing any more, as the database has it: two statements for some
    /// hundred of them. A session that has ended by the rules of today is one of them, and so is one whose user has to do
    /// something before it is good for more.
    public func ended(among credentials: Set<Credential>, at now: Timestamp) async throws -> Set<Credential> {
        try await database.read { [self] transaction in
            var good: Set<Credential> = []
            let rules = try users.rules(transaction)
            var facts: [Name: SessionFacts] = [:]
            var (sessions, keys): ([Value], [Value]) = ([], [])
            for credential in credentials {
                switch credential {
                case .session(let digest): sessions.append(.bytes(digest))
                case .key(let key, _): keys.append(.text(key.text))
                }
            }
            for chunk in sessions.chunks(of: Self.credentialsAtOnce) {
                let isOne = transaction.dialect.isOneOf("sid", count: chunk.count)
                let rows = try transaction.query(
                    "SELECT \(Self.read) FROM _web_session WHERE \(isOne)", Array(chunk), Self.readTypes)
                for row in rows {
                    guard let sid = row[0].bytes, let user = row[1].text else { continue }
                    let known = try facts[Name(user)] ?? self.facts(of: user, rules, transaction)
                    facts[Name(user)] = known
                    guard let session = makeSession(row, known, at: now) else { continue }
                    if session.expires > now, session.limit == nil { good.insert(.session(sid)) }
                }
            }
            for chunk in keys.chunks(of: Self.credentialsAtOnce) {
                let sources = [
                    ("SELECT api_key, api_secret FROM _credential WHERE", "api_key", ""),
                    ("SELECT key, secret FROM _api_key WHERE", "key", " AND (expires IS NULL OR expires > ?)"),
                ]
                for (select, column, isValid) in sources {
                    let isOne = transaction.dialect.isOneOf(column, count: chunk.count)
                    let arguments = Array(chunk) + (isValid.isEmpty ? [] : [.timestamp(now)])
                    try transaction.forEach("\(select) \(isOne)\(isValid)", arguments, [.text, .bytes]) { row in
                        if let key = row[0].text, let secret = row[1].bytes {
                            good.insert(.key(Name(key), secret: secret))
                        }
                    }
                }
            }
            return credentials.subtracting(good)
        }
    }

    /// How many credentials are asked for with one statement.
    private static let credentialsAtOnce = 500
}
