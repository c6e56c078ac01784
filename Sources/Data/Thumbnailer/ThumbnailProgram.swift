internal import Glibc
internal import Pictures

/// The program that makes a picture small: reads it from its input, writes the small one to its output and ends, with the
/// number of a ``ThumbnailRefusal`` where there is none.
///
/// The server starts it for one picture at a time. What decodes pictures is C, and pictures are anybody's: whatever becomes of
/// this process, the server goes on.
@main
enum ThumbnailProgram {
    static func main() {
        guard CommandLine.arguments.count == 2, let side = Int(CommandLine.arguments[1]), Thumbnail.sizes.contains(side)
        else { exit(64) }
        guard Confinement.enter() else { exit(71) }
        do throws(ThumbnailRefusal) {
            let picture = try Input.readAll(upTo: Thumbnail.sourceBytes)
            exit(Output.write(try Drawing.thumbnail(of: picture, fitting: side)) ? 0 : 74)
        } catch {
            exit(error.rawValue)
        }
    }
}

/// Where pictures come from.
private enum Input {
    /// All there is.
    ///
    /// - Throws: ``ThumbnailRefusal/tooManyBytes``; ``ThumbnailRefusal/unreadable`` when it breaks off.
    static func readAll(upTo most: Int) throws(ThumbnailRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= most else { throw .tooManyBytes }
            bytes += piece[..<count]
        }
    }
}

/// Where thumbnails go.
private enum Output {
    /// Writes all of the bytes, and says whether they were taken.
    static func write(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes { buffer in
                unsafe Glibc.write(1, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }
}
