internal import HTTPTypes
internal import Values

/// Cookies (RFC 6265) as this server reads and sets them.
enum Cookies {
    /// The most cookies of one name that are looked at.
    private static let twins = 3

    /// The values of the cookies of a name that a request carries: more than one where the client knows the name from
    /// several places.
    static func values(_ name: String, of headers: HTTPFields) -> [String] {
        var values: [String] = []
        for header in headers[values: .cookie] {
            for part in header.split(separator: ";") where values.count < twins {
                let cookie = part.drop { $0 == " " }
                guard let equals = cookie.utf8.firstIndex(of: 0x3D), cookie[..<equals] == name else { continue }
                values.append(PercentCoding.decode(cookie[cookie.index(after: equals)...]))
            }
        }
        return values
    }

    /// The header that sets a cookie; with `seconds` 0 the browser forgets it.
    static func set(
        _ name: String, _ value: String, seconds: Int, hidden: Bool = false, secure: Bool
    ) -> (HTTPField.Name, String) {
        var text = "\(name)=\(PercentCoding.encode(value)); Path=/; Max-Age=\(seconds); SameSite=Lax"
        if hidden { text += "; HttpOnly" }
        if secure { text += "; Secure" }
        return (.setCookie, text)
    }
}
