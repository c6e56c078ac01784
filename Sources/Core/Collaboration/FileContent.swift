internal import Documents
internal import Metadata
internal import Pictures
internal import Values

/// What files may hold, told from their first bytes.
///
/// The signatures are those of the formats themselves: PNG (ISO 15948), JPEG (ISO 10918), GIF89a, RIFF, PDF (ISO 32000),
/// ZIP (APPNOTE), gzip (RFC 1952), ISO 14496-12 for video, TIFF 6.0, OLE compound files.
public enum FileContent {
    /// How many bytes of the beginning are looked at.
    public static let headBytes = 512

    /// Refuses a file whose kind is not taken, or whose content is not of the kind its name says.
    ///
    /// - Throws: ``Problem/Kind/badFile``.
    public static func check(_ name: String, head: [UInt8]) throws {
        try check(name)
        let kind = FileName.kind(name)
        if programs.contains(where: { head.starts(with: $0) }) {
            throw Problem(.badFile, "\(name) is a program; programs are not taken", field: "file_name")
        }
        guard !head.isEmpty else { return }
        if let signatures = signatures[kind], !signatures.contains(where: { matches(head, $0) }) {
            throw Problem(
                .badFile, "\(name) does not hold what its ending .\(kind) says", field: "file_name",
                fix: "Save it in the format of its ending.")
        }
        if texts.contains(kind), head.contains(0), !head.starts(with: [0xFF, 0xFE]), !head.starts(with: [0xFE, 0xFF]) {
            throw Problem(
                .badFile, "\(name) does not hold text, as its ending .\(kind) says", field: "file_name",
                fix: "Save it in the format of its ending.")
        }
    }

    /// Refuses a name whose ending is of a kind that is not taken, wherever the name comes from.
    ///
    /// - Throws: ``Problem/Kind/badFile``.
    public static func check(_ name: String) throws {
        let kind = FileName.kind(name)
        guard forbidden.contains(kind) else { return }
        throw Problem(
            .badFile, "Files of the kind .\(kind) are not taken", field: "file_name",
            fix: "Put it into an archive, such as .zip.")
    }

    /// The media type a file is served with; what a browser could run is only ever downloaded.
    public static func mediaType(_ name: String) -> String { types[FileName.kind(name)] ?? "application/octet-stream" }

    /// Whether it is a picture of a kind that is made small, by its name.
    public static func isPicture(_ name: String) -> Bool { pictures.contains(FileName.kind(name)) }

    /// SQL that gives the address of a file's thumbnail, null where it has none.
    static let thumbnailAddress = """
        CASE WHEN content_hash <> '' AND file_type IN (\(pictures.map { "'\($0.uppercased())'" }.joined(separator: ", "))) \
        THEN file_url || '\(FileThumbnail.query(Thumbnail.usual))' END
        """

    /// Whether a browser may show it in place: pictures that cannot hold a script, PDF, plain text, sound and video.
    public static func isShown(_ name: String) -> Bool { shown.contains(FileName.kind(name)) }

    private static func matches(_ head: [UInt8], _ signature: (at: Int, bytes: [UInt8])) -> Bool {
        head.count >= signature.at && head[signature.at...].starts(with: signature.bytes)
    }

    private static func text(_ text: StaticString, at: Int = 0) -> (at: Int, bytes: [UInt8]) {
        (at, Array(text.description.utf8))
    }

    /// Drawings are not among them: SVG is a program, which nothing here runs.
    private static let pictures = ["png", "jpg", "jpeg", "gif", "webp"]
    private static let zip: [(at: Int, bytes: [UInt8])] = [
        (0, [0x50, 0x4B, 3, 4]), (0, [0x50, 0x4B, 5, 6]), (0, [0x50, 0x4B, 7, 8]),
    ]
    private static let jpeg: [(at: Int, bytes: [UInt8])] = [(0, [0xFF, 0xD8, 0xFF])]
    private static let ole: [(at: Int, bytes: [UInt8])] = [(0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])]
    private static let video: [(at: Int, bytes: [UInt8])] = [text("ftyp", at: 4)]
    private static let signatures: [String: [(at: Int, bytes: [UInt8])]] = [
        "png": [(0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])], "jpg": jpeg, "jpeg": jpeg,
        "gif": [text("GIF87a"), text("GIF89a")], "webp": [text("WEBP", at: 8)], "bmp": [text("BM")],
        "tif": [(0, [0x49, 0x49, 0x2A, 0]), (0, [0x4D, 0x4D, 0, 0x2A])],
        "tiff": [(0, [0x49, 0x49, 0x2A, 0]), (0, [0x4D, 0x4D, 0, 0x2A])], "ico": [(0, [0, 0, 1, 0])],
        "pdf": [text("%PDF-")], "zip": zip, "docx": zip, "xlsx": zip, "pptx": zip, "odt": zip, "ods": zip, "odp": zip,
        "doc": ole, "xls": ole, "ppt": ole, "msg": ole, "gz": [(0, [0x1F, 0x8B])], "tgz": [(0, [0x1F, 0x8B])],
        "7z": [(0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])], "mp4": video, "m4a": video, "mov": video, "heic": video,
        "webm": [(0, [0x1A, 0x45, 0xDF, 0xA3])], "ogg": [text("OggS")], "wav": [text("RIFF")],
        "mp3": [text("ID3"), (0, [0xFF, 0xFB]), (0, [0xFF, 0xF3]), (0, [0xFF, 0xF2])],
    ]
    /// Programs of Windows, Linux and macOS, Java classes, and scripts that name their interpreter.
    private static let programs: [[UInt8]] = [
        [0x4D, 0x5A], [0x7F, 0x45, 0x4C, 0x46], [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF],
        [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE], [0x23, 0x21],
    ]
    private static let forbidden: Set<String> = [
        "exe", "dll", "bat", "cmd", "com", "msi", "scr", "ps1", "vbs", "vbe", "jse", "wsf", "wsh", "hta", "cpl", "jar",
        "lnk", "pif", "reg", "app", "apk", "dmg", "deb", "rpm", "php", "phtml", "jsp", "asp", "aspx", "cgi",
    ]
    private static let texts: Set<String> = [
        "txt", "csv", "tsv", "json", "xml", "md", "html", "htm", "svg", "css", "js", "yaml", "yml", "ics", "vcf", "eml",
        "log", "sql", "py",
    ]
    private static let types = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "bmp": "image/bmp", "ico": "image/x-icon", "tif": "image/tiff", "tiff": "image/tiff", "pdf": "application/pdf",
        "txt": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8", "md": "text/plain; charset=utf-8",
        "csv": "text/csv; charset=utf-8", "json": "application/json", "xml": "application/xml",
        "zip": "application/zip", "gz": "application/gzip", "mp4": "video/mp4", "webm": "video/webm",
        "mov": "video/quicktime", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav",
        "ics": "text/calendar; charset=utf-8", "vcf": "text/vcard; charset=utf-8",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "doc": "application/msword", "xls": "application/vnd.ms-excel",
    ]
    private static let shown: Set<String> = [
        "png", "jpg", "jpeg", "gif", "webp", "bmp", "ico", "pdf", "txt", "log", "md", "mp4", "webm", "mov", "mp3",
        "m4a",
        "ogg", "wav",
    ]
}
