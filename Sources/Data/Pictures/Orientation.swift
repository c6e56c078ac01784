/// How the pixels of a picture are to be turned to be seen, as cameras note it: the tag 274 of Exif and TIFF 6.0. A phone that
/// is held upright stores its pictures lying and says so.
package enum Orientation: Int, Sendable, CaseIterable {
    case upright = 1
    case mirrored, upsideDown, flipped, transposed, turnedRight, transversed, turnedLeft

    /// Whether what is stored as width is seen as height.
    package var swapsSides: Bool { rawValue >= 5 }

    /// Where the pixel is stored, in a picture of these sides as it is stored, that is seen at a place.
    package func place(ofSeen x: Int, _ y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        switch self {
        case .upright: (x, y)
        case .mirrored: (width - 1 - x, y)
        case .upsideDown: (width - 1 - x, height - 1 - y)
        case .flipped: (x, height - 1 - y)
        case .transposed: (y, x)
        case .turnedRight: (y, height - 1 - x)
        case .transversed: (width - 1 - y, height - 1 - x)
        case .turnedLeft: (width - 1 - y, x)
        }
    }

    /// What Exif says that begins at a place, as TIFF does; upright where it says nothing that can be read.
    init(exif file: ByteReader, from start: Int) {
        self = Self.find(file, start) ?? .upright
    }

    private static func find(_ file: ByteReader, _ start: Int) -> Orientation? {
        let isLittle = file.holds([0x49, 0x49, 0x2A, 0], at: start)
        guard isLittle || file.holds([0x4D, 0x4D, 0, 0x2A], at: start),
            let offset = file.number(4, at: start + 4, isLittle: isLittle),
            let count = file.number(2, at: start + offset, isLittle: isLittle)
        else { return nil }
        for entry in 0..<count {
            let at = start + offset + 2 + entry * 12
            guard let tag = file.number(2, at: at, isLittle: isLittle) else { return nil }
            // A short number stands at the beginning of the four bytes for a value.
            guard tag == 274, file.number(2, at: at + 2, isLittle: isLittle) == 3 else { continue }
            return file.number(2, at: at + 8, isLittle: isLittle).flatMap { Orientation(rawValue: $0) }
        }
        return nil
    }
}
