internal import Storage
public import Values

/// What stands between the two steps of signing in: it says who has given the right password, until a code comes.
///
/// It is sealed and kept by the client alone, so that nobody fills the server with it and each server of a company knows it.
/// It is its user's, good for ``ticketSeconds``, and void once the password is another one.
extension IdentityStore {
    /// How long a ticket is good, in seconds.
    public static let ticketSeconds = 300
    private static let ticketPurpose = "sign-in ticket"

    /// A ticket for a user whose password was right.
    public func ticket(for user: String, at now: Timestamp) async throws -> String {
        let until = now.adding(seconds: Self.ticketSeconds).microseconds
        let text = "\(until)\n\(try await passwordMoment(of: user))\n\(user)"
        return try seal.seal(Array(text.utf8), of: "", for: Self.ticketPurpose).hexText
    }

    /// The user of a ticket; nil when it is none, or good no more.
    public func user(ofTicket ticket: String, at now: Timestamp) async throws -> String? {
        guard ticket.utf8.count <= 2_000, let sealed = [UInt8](hexText: ticket),
            let bytes = seal.open(sealed, of: "", for: Self.ticketPurpose)
        else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 2)
        guard parts.count == 3, let until = Int64(parts[0]), until > now.microseconds else { return nil }
        let user = String(parts[2])
        return try await passwordMoment(of: user) == Int64(parts[1]) ? user : nil
    }

    /// When the password was set, in microseconds; 0 where there is none.
    private func passwordMoment(of user: String) async throws -> Int64 {
        try await database.read { transaction in
            try transaction.first(
                "SELECT COALESCE(password_set, changed) FROM _credential WHERE \"user\" = ? AND password IS NOT NULL",
                [.text(user)], [.timestamp])?[0].timestamp?.microseconds ?? 0
        }
    }
}
