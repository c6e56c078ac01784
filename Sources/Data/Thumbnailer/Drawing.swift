internal import CGD
internal import Pictures

/// Decodes a picture, makes it small and encodes it anew. Nothing of the original comes along but its pixels: no place where
/// it was taken, no comment, nothing that stands behind it.
enum Drawing {
    /// A picture in a square of `side` pixels, turned as it is to be seen: as PNG where it lets something shine through, else as
    /// JPEG. Of an animation it is the first frame.
    ///
    /// - Throws: ``ThumbnailRefusal``.
    static func thumbnail(of bytes: [UInt8], fitting side: Int) throws(ThumbnailRefusal) -> [UInt8] {
        guard let header = PictureHeader(bytes) else { throw .notAPicture }
        guard header.hasPixels(upTo: Thumbnail.pixels) else {
            throw header.width > 0 && header.height > 0 ? .tooManyPixels : .unreadable
        }
        guard let whole = unsafe decode(bytes, header.format) else { throw .unreadable }
        let (width, height) = unsafe (Int(whole.pointee.sx), Int(whole.pointee.sy))
        let (smallWidth, smallHeight) = Thumbnail.fit(width, height, into: side)
        guard let small = unsafe canvas(smallWidth, smallHeight) else { throw .unreadable }
        // Each pixel is the mean of those that it stands for, by how much they let shine through.
        unsafe gdImageCopyResampled(
            small, whole, 0, 0, 0, 0, Int32(smallWidth), Int32(smallHeight), Int32(width), Int32(height))
        guard let seen = unsafe turn(small, smallWidth, smallHeight, header.orientation) else { throw .unreadable }
        guard let encoded = unsafe encode(seen) else { throw .unreadable }
        return encoded
    }

    private static func decode(_ bytes: [UInt8], _ format: PictureFormat) -> gdImagePtr? {
        guard let size = Int32(exactly: bytes.count) else { return nil }
        return unsafe bytes.withUnsafeBytes { buffer in
            // The library takes it as one that may be written to, and does not.
            let start = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            return switch format {
            case .png: unsafe gdImageCreateFromPngPtr(size, start)
            case .jpeg: unsafe gdImageCreateFromJpegPtrEx(size, start, 1)
            case .gif: unsafe gdImageCreateFromGifPtr(size, start)
            case .webp: unsafe gdImageCreateFromWebpPtr(size, start)
            }
        }
    }

    /// An empty picture whose pixels are set as they are, with what they let shine through.
    private static func canvas(_ width: Int, _ height: Int) -> gdImagePtr? {
        guard let image = unsafe gdImageCreateTrueColor(Int32(width), Int32(height)) else { return nil }
        unsafe gdImageAlphaBlending(image, 0)
        unsafe gdImageSaveAlpha(image, 1)
        return unsafe image
    }

    /// The picture as it is to be seen. It is small already, so that little is turned.
    private static func turn(
        _ image: gdImagePtr, _ width: Int, _ height: Int, _ orientation: Orientation
    ) -> gdImagePtr? {
        guard orientation != .upright else { return unsafe image }
        let (seenWidth, seenHeight) = orientation.swapsSides ? (height, width) : (width, height)
        guard let seen = unsafe canvas(seenWidth, seenHeight) else { return nil }
        for y in 0..<seenHeight {
            for x in 0..<seenWidth {
                let place = orientation.place(ofSeen: x, y, width: width, height: height)
                let pixel = unsafe gdImageGetTrueColorPixel(image, Int32(place.x), Int32(place.y))
                unsafe gdImageSetPixel(seen, Int32(x), Int32(y), pixel)
            }
        }
        return unsafe seen
    }

    private static func encode(_ image: gdImagePtr) -> [UInt8]? {
        var size: Int32 = 0
        let made =
            unsafe letsShineThrough(image)
            ? unsafe gdImagePngPtrEx(image, &size, 6) : unsafe gdImageJpegPtr(image, &size, 85)
        guard let start = unsafe made, size > 0 else { return nil }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(size)))
    }

    private static func letsShineThrough(_ image: gdImagePtr) -> Bool {
        let (width, height) = unsafe (image.pointee.sx, image.pointee.sy)
        for y in 0..<height {
            for x in 0..<width where unsafe gdImageGetTrueColorPixel(image, x, y) >> 24 & 0x7F != 0 { return true }
        }
        return false
    }
}
