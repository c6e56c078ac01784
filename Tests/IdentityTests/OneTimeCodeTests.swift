import Testing
import Values

@testable import Identity

@Suite struct OneTimeCodeTests {
    private static let secret = Array("12345678901234567890".utf8)

    /// RFC 6238 appendix B, those of SHA-1.
    private static let times: [(seconds: Int64, code: String)] = [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ]

    @Test(arguments: times) func `the codes of RFC 6238`(seconds: Int64, code: String) {
        let moment = Timestamp(microseconds: seconds * 1_000_000)
        let step = OneTimeCode.step(at: moment)
        #expect(OneTimeCode.code(of: Self.secret, step: step, digits: 8) == code)
        #expect(OneTimeCode.code(of: Self.secret, at: moment) == String(code.suffix(6)))
    }

    /// RFC 4226 appendix D.
    @Test func `the codes of RFC 4226`() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        for (counter, code) in codes.enumerated() {
            #expect(OneTimeCode.code(of: Self.secret, step: Int64(counter), digits: 6) == code)
        }
    }

    @Test func `the code of one step before and after is taken, of two not, and none again or earlier`() {
        let step = OneTimeCode.step(at: noon)
        func taken(_ offset: Int64, after last: Int64?) -> Int64? {
            let code = OneTimeCode.code(of: Self.secret, step: step + offset, digits: 6)
            return OneTimeCode.step(of: code, secret: Self.secret, at: noon, after: last)
        }
        #expect([-2, -1, 0, 1, 2].map { taken($0, after: nil) } == [nil, step - 1, step, step + 1, nil])
        #expect([-1, 0, 1].map { taken($0, after: step) } == [nil, nil, step + 1])
    }

    @Test(arguments: [("12345", false), ("1234567", false), ("12345a", false), ("١٢٣٤٥٦", false), ("000000", true)])
    func `six digits are a code`(text: String, isCode: Bool) { #expect(OneTimeCode.isCode(text) == isCode) }

    /// RFC 4648 section 10, without the padding.
    @Test(
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ])
    func `bytes in base 32`(bytes: String, text: String) { #expect(Base32.text(Array(bytes.utf8)) == text) }
}
