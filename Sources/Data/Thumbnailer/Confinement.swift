internal import Glibc
internal import Pictures
internal import Seclusion

/// What a process takes from itself before it reads what others wrote: memory, time, files, sockets and processes.
enum Confinement {
    /// Gives up all that making a picture small does not need, and says whether that was done.
    static func enter() -> Bool {
        guard let own = addressSpace(), closeInherited() else { return false }
        // Time in which it only waits counts, too: the signal ends it.
        alarm(UInt32(Thumbnail.seconds))
        return limit(RLIMIT_AS, own + Thumbnail.memoryBytes)
            && limit(RLIMIT_CPU, Thumbnail.processorSeconds, andThen: 1) && limit(RLIMIT_CORE, 0)
            // What is open stays open, and nothing else can be: neither a file nor a socket, nor a process or a thread.
            && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0) && limit(__RLIMIT_NPROC, 0)
            // Nor can it touch another process, such as the server.
            && seclude() != 0
    }

    /// Limits something. Who goes beyond is told by a signal where there is one, and ended `more` later.
    private static func limit(_ kind: __rlimit_resource, _ value: Int, andThen more: Int = 0) -> Bool {
        var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value + more))
        return unsafe setrlimit(__rlimit_resource_t(kind.rawValue), &limit) == 0
    }

    /// Closes whatever was open in who started this, but input, output and errors.
    private static func closeInherited() -> Bool {
        guard let folder = unsafe opendir("/proc/self/fd") else { return false }
        var open: [Int32] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if let number = Int32(name), number > 2, unsafe number != dirfd(folder) { open.append(number) }
        }
        unsafe closedir(folder)
        for number in open { close(number) }
        return true
    }

    /// The addresses that the program itself has, with the libraries it is linked with, in bytes.
    private static func addressSpace() -> Int? {
        let file = unsafe open("/proc/self/statm", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 64)
        let count = unsafe text.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        let pages = Int(String(decoding: text.prefix(max(0, count)).prefix { $0 != 0x20 }, as: UTF8.self))
        return pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
    }
}
