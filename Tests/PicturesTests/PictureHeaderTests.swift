import Pictures
import TestSupport
import Testing

@Suite struct PictureHeaderTests {
    @Test(arguments: TestPicture.Format.allCases)
    func `a picture says how large it is, whatever its format`(format: TestPicture.Format) throws {
        for (width, height) in [(1, 1), (40, 30), (301, 77)] {
            let header = try #require(PictureHeader(TestPicture.corners(width, height).encoded(format)))
            #expect(header.width == width && header.height == height && header.orientation == .upright)
        }
    }

    @Test(arguments: TestPicture.Format.allCases)
    func `a picture that ends anywhere is read without harm`(format: TestPicture.Format) {
        let whole = TestPicture.bytes(
            TestPicture.corners(40, 30).encoded(format), format, with: TestPicture.exif(6, secret: "of its owner"))
        for count in whole.indices { _ = PictureHeader(Array(whole[..<count])) }
        var dice = Dice(seed: 7)
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0..<dice.roll(1...8) {
                bytes[dice.roll(0...bytes.count - 1)] = UInt8(dice.roll(0...255))
            }
            _ = PictureHeader(bytes)
        }
    }

    @Test(arguments: [TestPicture.Format.jpg, .png, .webp], [true, false])
    func `which way up it is stands in Exif`(format: TestPicture.Format, isLittle: Bool) throws {
        let picture = TestPicture.corners(40, 30).encoded(format)
        for value in 1...8 {
            let bytes = TestPicture.bytes(picture, format, with: TestPicture.exif(value, isLittle: isLittle))
            let header = try #require(PictureHeader(bytes))
            #expect(header.orientation.rawValue == value && header.width == 40 && header.height == 30)
        }
        for value in [0, 9, 65_535] {
            let bytes = TestPicture.bytes(picture, format, with: TestPicture.exif(value, isLittle: isLittle))
            #expect(PictureHeader(bytes)?.orientation == .upright)
        }
    }

    @Test func `what is no picture says nothing`() {
        for text in ["", "<svg xmlns='http://www.w3.org/2000/svg'/>", "%PDF-1.7", "RIFF1234WAVEfmt ", "GIF88a123456"] {
            #expect(PictureHeader(Array(text.utf8)) == nil)
        }
        #expect(PictureHeader([0xFF, 0xD8, 0xFF, 0xD9]) == nil)
    }

    private static let sizes: [(UInt32, UInt32, Bool)] = [
        (1, 1, true), (50_000_000, 1, true), (7_000, 7_000, true), (8_000, 8_000, false), (50_000_001, 1, false),
        (60_000, 60_000, false), (4_294_967_295, 4_294_967_295, false), (0, 5, false), (5, 0, false),
    ]

    @Test(arguments: sizes) func `only so many pixels are looked at`(
        width: UInt32, height: UInt32, isTaken: Bool
    ) throws {
        let header = try #require(PictureHeader(TestPicture.emptyPNG(width, height)))
        #expect(header.hasPixels(upTo: Thumbnail.pixels) == isTaken)
    }

    private static let fits: [(Int, Int, Int, Int, Int)] = [
        (600, 400, 300, 300, 200), (400, 600, 300, 200, 300), (300, 300, 300, 300, 300), (10, 20, 300, 10, 20),
        (301, 300, 300, 300, 299), (50_000_000, 1, 64, 64, 1), (1, 50_000_000, 64, 1, 64), (1_000, 999, 150, 150, 150),
    ]

    @Test(arguments: fits) func `proportions are kept, and nothing is made larger`(
        width: Int, height: Int, side: Int, newWidth: Int, newHeight: Int
    ) {
        let fit = Thumbnail.fit(width, height, into: side)
        #expect(fit.width == newWidth && fit.height == newHeight)
    }

    @Test(arguments: Orientation.allCases) func `every pixel is seen once, however a picture is turned`(
        orientation: Orientation
    ) {
        let (width, height) = (5, 3)
        let seen = orientation.swapsSides ? (height, width) : (width, height)
        var places: Set<Int> = []
        for y in 0..<seen.1 {
            for x in 0..<seen.0 {
                let place = orientation.place(ofSeen: x, y, width: width, height: height)
                #expect((0..<width).contains(place.x) && (0..<height).contains(place.y))
                places.insert(place.y * width + place.x)
            }
        }
        #expect(places.count == width * height)
    }
}
