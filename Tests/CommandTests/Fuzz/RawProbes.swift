import Values

/// Bytes that are no request, or one that is wrong in a way that clients of HTTP do not allow.
struct RawProbe: Sendable {
    let about: String
    let bytes: [UInt8]
    /// The statuses that may answer it.
    let statuses: [Int]

    private init(_ about: String, _ text: String, _ statuses: [Int]) {
        self.init(about, Array(text.utf8), statuses)
    }

    private init(_ about: String, _ bytes: [UInt8], _ statuses: [Int]) {
        self.about = about
        self.bytes = bytes
        self.statuses = statuses
    }

    static let all: [RawProbe] = [
        RawProbe("no host", "GET / HTTP/1.1\r\n\r\n", [400]),
        RawProbe("no host for a file", "GET /files/none HTTP/1.1\r\n\r\n", [400]),
        RawProbe("no host for /healthz", "GET /healthz HTTP/1.1\r\n\r\n", [400]),
        RawProbe("no host for a method", "POST /api/method/ping HTTP/1.1\r\nContent-Length: 0\r\n\r\n", [400]),
        RawProbe("two hosts", "GET /api/method/ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400]),
        RawProbe("the same host twice", "GET /healthz HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", [400]),
        RawProbe("an older client without a host", "GET /healthz HTTP/1.0\r\n\r\n", [200]),
        RawProbe("NUL in the path", "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n", [400, 417]),
        RawProbe("NUL in a header", "GET /api/method/ping HTTP/1.1\r\nHost: x\r\nX-Test: a\0b\r\n\r\n", [400, 417]),
        RawProbe("NUL in the host", "GET /api/method/ping HTTP/1.1\r\nHost: a\0b\r\n\r\n", [400, 417]),
        RawProbe("NUL in an escape of the path", "GET /list/a%00b HTTP/1.1\r\nHost: x\r\n\r\n", [417]),
        RawProbe("NUL in an escape of the query", "GET /api/method/ping?a=%00 HTTP/1.1\r\nHost: x\r\n\r\n", [417]),
        RawProbe("NUL in a cookie", "GET /api/method/ping HTTP/1.1\r\nHost: x\r\nCookie: sid=%00\r\n\r\n", [417]),
        RawProbe("NUL in JSON", post("application/json", "{\"a\": \"\\u0000\"}"), [417]),
        RawProbe("NUL in a key of JSON", post("application/json", "{\"a\\u0000\": 1}"), [417]),
        RawProbe("NUL in a list in JSON", post("application/json", "{\"a\": [[\"\\u0000\"]]}"), [417]),
        RawProbe("NUL in a form", post("application/x-www-form-urlencoded", "a=%00"), [417]),
        RawProbe("NUL in a name of a form", post("application/x-www-form-urlencoded", "a%00b=1"), [417]),
        RawProbe("NUL in a part", post("multipart/form-data; boundary=x", part("a", "b\0c")), [417]),
        RawProbe("NUL in the name of a part", post("multipart/form-data; boundary=x", part("a\0", "b")), [417]),
        RawProbe(
            "a length that is none", "POST /api/method/ping HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", [400]),
        RawProbe(
            "two lengths",
            "POST /api/method/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", [400]
        ),
        RawProbe(
            "a length and pieces",
            "POST /api/method/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            [400, 200]
        ),
        RawProbe(
            "the longest length there is",
            "POST /api/method/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775807\r\n\r\n", [413]
        ),
        RawProbe(
            "a longer length",
            "POST /api/method/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", [400]
        ),
        RawProbe("a piece of the greatest size", piece("7fffffffffffffff"), [400, 413]),
        RawProbe("a piece that is greater", piece("ffffffffffffffffff"), [400]),
        RawProbe("a piece of no size", piece("zz"), [400]),
        RawProbe("no request", "\0\0\0\0\r\n\r\n", [400]),
        RawProbe("a greeting of TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\r\n\r\n", [400]),
        RawProbe("a version that is none", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", [400]),
        RawProbe(
            "a head of 100,000 letters",
            "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n", [400]
        ),
        RawProbe(
            "an address of 100,000 letters",
            "GET /\(String(repeating: "x", count: 100_000)) HTTP/1.1\r\nHost: x\r\n\r\n", [400, 414]
        ),
        RawProbe("a target with a host", "GET http://a/healthz HTTP/1.1\r\nHost: b\r\n\r\n", [200]),
        RawProbe("a target that is a host", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", [400, 404, 405]),
        RawProbe("a target that is all", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [200, 404]),
        RawProbe(
            "no UTF-8 in the path",
            Array("GET /list/".utf8) + [0xFF, 0xFE] + Array(" HTTP/1.1\r\nHost: x\r\n\r\n".utf8), [303, 400, 404]
        ),
        RawProbe(
            "no UTF-8 in a header",
            Array("GET /healthz HTTP/1.1\r\nHost: x\r\nX: ".utf8) + [0xFF, 0xFE] + Array("\r\n\r\n".utf8),
            [200, 400]
        ),
        RawProbe(
            "no UTF-8 in JSON",
            Array(post("application/json", "{\"a\": \"??\"}").utf8).map { $0 == 0x3F ? 0xFF : $0 }, [417]
        ),
        RawProbe(
            "no UTF-8 in a form",
            Array(post("application/x-www-form-urlencoded", "a=???").utf8).map { $0 == 0x3F ? 0xFF : $0 },
            [200, 417]
        ),
    ]

    private static func post(_ type: String, _ body: String) -> String {
        "POST /api/method/ping HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func part(_ name: String, _ value: String) -> String {
        "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n--x--\r\n"
    }

    private static func piece(_ size: String) -> String {
        "POST /api/method/ping HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\n{}"
    }
}
