internal import GRDBSQLite

/// Makes patterns known to a connection: ``TextPattern`` as the operator REGEXP, ``LikePattern`` as the function FITS.
enum SQLitePattern {
    /// What a pattern says of a text, as SQLite keeps it between the rows of a statement.
    private final class Kept {
        let matches: (String) -> Bool

        init(_ matches: @escaping (String) -> Bool) { self.matches = matches }
    }

    static func register(_ database: OpaquePointer) {
        unsafe sqlite3_create_function_v2(
            database, "regexp", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
            { context, _, arguments in
                guard let arguments = unsafe arguments else { return }
                unsafe SQLitePattern.match(context, arguments[0], arguments[1]) { words in
                    guard let pattern = try? TextPattern(words) else { return nil }
                    return { pattern.matches($0.unicodeScalars) }
                }
            }, nil, nil, nil)
        unsafe sqlite3_create_function_v2(
            database, "fits", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
            { context, _, arguments in
                guard let arguments = unsafe arguments else { return }
                unsafe SQLitePattern.match(context, arguments[0], arguments[1]) { LikePattern($0).matches }
            }, nil, nil, nil)
    }

    private static func match(
        _ context: OpaquePointer?, _ pattern: OpaquePointer?, _ text: OpaquePointer?,
        _ read: (String) -> ((String) -> Bool)?
    ) {
        guard unsafe sqlite3_value_type(text) != SQLITE_NULL, let bytes = unsafe sqlite3_value_text(text) else {
            unsafe sqlite3_result_null(context)
            return
        }
        let kept: Kept
        if let known = unsafe sqlite3_get_auxdata(context, 0) {
            kept = unsafe Unmanaged<Kept>.fromOpaque(known).takeUnretainedValue()
        } else {
            guard let matches = read(unsafe sqlite3_value_text(pattern).map { unsafe String(cString: $0) } ?? "") else {
                unsafe sqlite3_result_error(context, "no pattern", -1)
                return
            }
            kept = Kept(matches)
            unsafe sqlite3_set_auxdata(context, 0, Unmanaged.passRetained(kept).toOpaque()) { kept in
                if let kept = unsafe kept { unsafe Unmanaged<Kept>.fromOpaque(kept).release() }
            }
        }
        let count = unsafe Int(sqlite3_value_bytes(text))
        let string = unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
        unsafe sqlite3_result_int(context, kept.matches(string) ? 1 : 0)
    }
}
