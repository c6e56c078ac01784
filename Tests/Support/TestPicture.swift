internal import CGD

/// A picture of the tests: made pixel by pixel, written in the formats that people send, and read again.
public struct TestPicture: Sendable {
    /// The formats that it is written in.
    public enum Format: String, Sendable, CaseIterable {
        case png, jpg, gif, webp
    }

    /// The colour of a pixel; `alpha` is 0 where it lets everything shine through and 255 where nothing.
    public struct Colour: Sendable, Equatable {
        /// Red, green, blue, each to 255.
        public var red, green, blue: Int
        /// How much it covers.
        public var alpha = 255

        /// A colour that covers.
        public init(_ red: Int, _ green: Int, _ blue: Int, alpha: Int = 255) {
            (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
        }

        /// Red, green, blue and white: what the corners of ``TestPicture/corners(_:_:)`` have.
        public static let red = Colour(255, 0, 0)
        public static let green = Colour(0, 255, 0)
        public static let blue = Colour(0, 0, 255)
        public static let white = Colour(255, 255, 255)

        /// Whether it is about the same: formats that lose something change colours a little.
        public func isAbout(_ other: Colour) -> Bool {
            zip([red, green, blue, alpha], [other.red, other.green, other.blue, other.alpha]).allSatisfy {
                abs($0 - $1) < 40
            }
        }
    }

    /// Its sides in pixels.
    public let width, height: Int
    private var pixels: [Colour]

    /// A picture of these sides, each pixel as `colour` says.
    public init(_ width: Int, _ height: Int, _ colour: (_ x: Int, _ y: Int) -> Colour) {
        (self.width, self.height) = (width, height)
        pixels = (0..<height).flatMap { y in (0..<width).map { x in colour(x, y) } }
    }

    /// A picture with a colour in each quarter: red and green above, blue and white below.
    public static func corners(_ width: Int, _ height: Int) -> TestPicture {
        TestPicture(width, height) { x, y in
            y < height / 2 ? (x < width / 2 ? .red : .green) : (x < width / 2 ? .blue : .white)
        }
    }

    /// The colour at a place.
    public subscript(x: Int, y: Int) -> Colour { pixels[y * width + x] }

    /// The colours near the corners: above left, above right, below left, below right.
    public var corners: [Colour] {
        let (x, y) = (width / 8, height / 8)
        return [self[x, y], self[width - 1 - x, y], self[x, height - 1 - y], self[width - 1 - x, height - 1 - y]]
    }

    /// The picture that bytes hold; nil when they hold none. PNG and JPEG only.
    public init?(_ bytes: [UInt8]) {
        let image = unsafe bytes.withUnsafeBytes { buffer in
            let start = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            return bytes.first == 0xFF
                ? unsafe gdImageCreateFromJpegPtr(Int32(buffer.count), start)
                : unsafe gdImageCreateFromPngPtr(Int32(buffer.count), start)
        }
        guard let image = unsafe image else { return nil }
        defer { unsafe gdImageDestroy(image) }
        let (width, height) = unsafe (image.pointee.sx, image.pointee.sy)
        self.init(Int(width), Int(height)) { x, y in
            let pixel = unsafe Int(gdImageGetTrueColorPixel(image, Int32(x), Int32(y)))
            return Colour(
                pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255, alpha: 255 - (pixel >> 24 & 127) * 255 / 127)
        }
    }

    /// The picture in a format.
    public func encoded(_ format: Format) -> [UInt8] {
        guard let image = unsafe gdImageCreateTrueColor(Int32(width), Int32(height)) else { return [] }
        defer { unsafe gdImageDestroy(image) }
        unsafe gdImageAlphaBlending(image, 0)
        unsafe gdImageSaveAlpha(image, 1)
        for y in 0..<height {
            for x in 0..<width {
                let colour = self[x, y]
                let alpha = (255 - colour.alpha) * 127 / 255
                unsafe gdImageSetPixel(
                    image, Int32(x), Int32(y),
                    Int32(alpha << 24 | colour.red << 16 | colour.green << 8 | colour.blue))
            }
        }
        var size: Int32 = 0
        if format == .gif { unsafe gdImageTrueColorToPalette(image, 0, 256) }
        let made =
            switch format {
            case .png: unsafe gdImagePngPtr(image, &size)
            case .jpg: unsafe gdImageJpegPtr(image, &size, 95)
            case .gif: unsafe gdImageGifPtr(image, &size)
            case .webp: unsafe gdImageWebpPtrEx(image, &size, 95)
            }
        guard let start = unsafe made else { return [] }
        defer { unsafe gdFree(start) }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(size)))
    }

    // MARK: What cameras add

    /// Exif in the byte order of Intel or Motorola that says which way up a picture is, and in a comment what cameras tell of
    /// their owners.
    public static func exif(_ orientation: Int, secret: String = "", isLittle: Bool = true) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(value >> ($0 * 8) & 255) }
            return isLittle ? bytes : bytes.reversed()
        }
        let text = Array(secret.utf8) + [0]
        let head = Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(2, 2)
        // The description, which lies behind the list, and the orientation.
        let entries =
            number(270, 2) + number(2, 2) + number(text.count, 4) + number(38, 4)
            + number(274, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0]
        return head + entries + number(0, 4) + text
    }

    /// A picture of a format with Exif in it.
    public static func bytes(_ picture: [UInt8], _ format: Format, with exif: [UInt8]) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> ($0 * 8) & 255) } }
        switch format {
        case .jpg:
            let data = Array("Exif\0\0".utf8) + exif
            return [0xFF, 0xD8, 0xFF, 0xE1] + number(data.count + 2, 2).reversed() + data + picture.dropFirst(2)
        case .png:
            // Behind the signature and the header.
            return picture.prefix(33) + chunk("eXIf", exif) + picture.dropFirst(33)
        case .webp:
            // The simple form becomes the extended one, which has room for more.
            let image = Array(picture.dropFirst(12))
            let side = { (at: Int) in Int(image[at]) | Int(image[at + 1]) << 8 }
            let (width, height) = (side(14) & 0x3FFF, side(16) & 0x3FFF)
            let extended =
                Array("VP8X".utf8) + number(10, 4) + number(8, 4) + number(width - 1, 3) + number(height - 1, 3)
            let data = Array("EXIF".utf8) + number(exif.count, 4) + exif + (exif.count % 2 == 0 ? [] : [0])
            let body = Array("WEBP".utf8) + extended + image + data
            return Array("RIFF".utf8) + number(body.count, 4) + body
        case .gif: return picture
        }
    }

    /// A chunk of a PNG with its check sum.
    public static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - $0 * 8) & 255) } }
        let body = Array(kind.utf8) + data
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in body {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return number(UInt32(data.count)) + body + number(~sum)
    }

    /// The beginning of a PNG that says that it has these sides, and ends there.
    public static func emptyPNG(_ width: UInt32, _ height: UInt32) -> [UInt8] {
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - $0 * 8) & 255) } }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", number(width) + number(height) + [8, 6, 0, 0, 0])
            + chunk("IDAT", [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]) + chunk("IEND", [])
    }
}
