import Foundation

/// How many files and connections this process may have open.
enum OpenFiles {
    /// Allows so many, as far as the system lets it, and returns how many are allowed: a shell starts with about a thousand,
    /// which streams use up.
    @discardableResult
    static func allow(_ count: Int) -> Int {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(kind, &limit) == 0 else { return 1_024 }
        let now = limit.rlim_cur
        let wanted = min(limit.rlim_max, rlim_t(count))
        guard wanted > now else { return Int(clamping: now) }
        limit.rlim_cur = wanted
        return Int(clamping: unsafe setrlimit(kind, &limit) == 0 ? wanted : now)
    }
}
