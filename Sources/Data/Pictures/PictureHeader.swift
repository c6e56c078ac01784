/// The formats of pictures that thumbnails are made of.
package enum PictureFormat: Sendable {
    case png, jpeg, gif, webp
}

/// What a picture says of itself before any of it is decoded: how many pixels it has and which way up it is.
///
/// Read by the formats themselves: PNG (ISO 15948), JPEG (ISO 10918-1, and Exif 2.32 in it), GIF89a, WebP (RFC 9649). Nothing
/// in it is believed but by what the bytes hold; a picture that says something wrong here is refused when it is decoded.
package struct PictureHeader: Sendable, Equatable {
    /// Its format.
    package let format: PictureFormat
    /// How many pixels it is wide, as they are stored.
    package let width: Int
    /// How many pixels it is high, as they are stored.
    package let height: Int
    /// How its pixels are to be turned to be seen.
    package var orientation = Orientation.upright

    /// Whether it has no more pixels than `most`, and any.
    package func hasPixels(upTo most: Int) -> Bool {
        guard width > 0, height > 0, width <= most else { return false }
        return height <= most / width
    }

    private init(_ format: PictureFormat, _ width: Int, _ height: Int) {
        (self.format, self.width, self.height) = (format, width, height)
    }

    /// The header of a picture; nil when the bytes are none of these formats, or end before they say how large it is.
    package init?(_ bytes: [UInt8]) {
        let file = ByteReader(bytes)
        let found: PictureHeader? =
            if file.holds([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) {
                Self.png(file)
            } else if file.holds([0xFF, 0xD8, 0xFF], at: 0) {
                Self.jpeg(file)
            } else if file.holds("GIF87a", at: 0) || file.holds("GIF89a", at: 0) {
                Self.gif(file)
            } else if file.holds("RIFF", at: 0), file.holds("WEBP", at: 8) {
                Self.webp(file)
            } else {
                nil
            }
        guard let found else { return nil }
        self = found
    }

    private static func png(_ file: ByteReader) -> PictureHeader? {
        guard file.holds("IHDR", at: 12), let width = file.number(4, at: 16), let height = file.number(4, at: 20) else {
            return nil
        }
        var header = PictureHeader(.png, width, height)
        var at = 8
        while let length = file.number(4, at: at), !file.holds("IEND", at: at + 4) {
            if file.holds("eXIf", at: at + 4) {
                header.orientation = Orientation(exif: file, from: at + 8)
                break
            }
            at += 12 + length
        }
        return header
    }

    private static func jpeg(_ file: ByteReader) -> PictureHeader? {
        var orientation: Orientation?
        var at = 2
        while let first = file.byte(at), first == 0xFF, let marker = file.byte(at + 1) {
            switch marker {
            // More of what fills, and markers that stand alone.
            case 0xFF: at += 1
            case 0x01, 0xD0...0xD8: at += 2
            // The pixels, or the end, before anything said how many there are.
            case 0xD9, 0xDA: return nil
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard let height = file.number(2, at: at + 5), let width = file.number(2, at: at + 7) else {
                    return nil
                }
                var header = PictureHeader(.jpeg, width, height)
                header.orientation = orientation ?? .upright
                return header
            default:
                guard let length = file.number(2, at: at + 2), length >= 2 else { return nil }
                if marker == 0xE1, orientation == nil, file.holds("Exif\0\0", at: at + 4) {
                    orientation = Orientation(exif: file, from: at + 10)
                }
                at += 2 + length
            }
        }
        return nil
    }

    private static func gif(_ file: ByteReader) -> PictureHeader? {
        guard let width = file.number(2, at: 6, isLittle: true), let height = file.number(2, at: 8, isLittle: true)
        else {
            return nil
        }
        return PictureHeader(.gif, width, height)
    }

    private static func webp(_ file: ByteReader) -> PictureHeader? {
        var header: PictureHeader?
        var orientation = Orientation.upright
        var at = 12
        while let length = file.number(4, at: at + 4, isLittle: true) {
            let data = at + 8
            if file.holds("EXIF", at: at) {
                orientation = Orientation(exif: file, from: file.holds("Exif\0\0", at: data) ? data + 6 : data)
            } else if header == nil {
                header = size(ofChunkAt: at, file).map { PictureHeader(.webp, $0, $1) }
            }
            // Chunks begin at even places.
            at = data + length + length % 2
        }
        header?.orientation = orientation
        return header
    }

    private static func size(ofChunkAt at: Int, _ file: ByteReader) -> (Int, Int)? {
        let data = at + 8
        if file.holds("VP8X", at: at) {
            guard let width = file.number(3, at: data + 4, isLittle: true),
                let height = file.number(3, at: data + 7, isLittle: true)
            else { return nil }
            return (width + 1, height + 1)
        }
        if file.holds("VP8L", at: at), file.byte(data) == 0x2F {
            guard let bits = file.number(4, at: data + 1, isLittle: true) else { return nil }
            return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
        }
        if file.holds("VP8 ", at: at), file.holds([0x9D, 0x01, 0x2A], at: data + 3) {
            guard let width = file.number(2, at: data + 6, isLittle: true),
                let height = file.number(2, at: data + 8, isLittle: true)
            else { return nil }
            return (width & 0x3FFF, height & 0x3FFF)
        }
        return nil
    }
}
