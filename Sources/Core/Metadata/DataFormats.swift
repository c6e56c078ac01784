internal import Values

/// What text of a field has to look like, by what its type and options say.
package enum DataFormats {
    /// The user who may do everything; one of the two that every company has, which have no address.
    package static let administrator = "Administrator"
    /// Who has not signed in; the other one.
    package static let guest = "Guest"

    /// Refuses text that is not of the field's format. Text without a format passes.
    ///
    /// - Throws: ``Problem/Kind/badFormat``.
    package static func check(_ text: String, _ field: FieldDefinition, _ row: Int?) throws {
        guard let wanted = wanted(text, field) else { return }
        throw Problem(
            .badFormat, "\(field.label) must be \(wanted), not \(FieldDefinition.short(text))", field: field.name,
            row: row,
            fix: "Send \(field.name) as \(wanted).")
    }

    /// Whether text of the field may have to look like something.
    static func applies(to field: FieldDefinition) -> Bool {
        switch field.type {
        case .data: !(field.options ?? "").isEmpty
        case .phone, .color, .json, .geolocation, .code: true
        default: false
        }
    }

    /// What the text should have been; nil when it is.
    private static func wanted(_ text: String, _ field: FieldDefinition) -> String? {
        switch field.type {
        case .data:
            switch field.options {
            case "Email":
                if text == administrator || text == guest { return nil }
                return text.split(separator: ",").allSatisfy { isEmail($0.trimmed) } ? nil : "an e-mail address"
            case "URL": return isURL(text) ? nil : "an address such as https://example.com"
            case "Phone": return isPhone(text) ? nil : "a phone number"
            case "IBAN": return isIBAN(text) ? nil : "an IBAN"
            case "Name": return isName(text) ? nil : "a name of letters"
            default: return nil
            }
        case .phone: return isPhone(text) ? nil : "a phone number"
        case .color: return isColor(text) ? nil : "a colour such as #29cd42"
        case .json: return (try? JSON.parse(text, limits: .outside)) != nil ? nil : "JSON"
        case .geolocation: return isGeoJSON(text) ? nil : "GeoJSON"
        case .code where field.options == "JSON": return (try? JSON.parse(text, limits: .outside)) != nil ? nil : "JSON"
        default: return nil
        }
    }

    /// One `@` between a local part and a host with a point, none of them with spaces or control characters; the form that
    /// HTML gives e-mail inputs, with a point demanded.
    package static func isEmail(_ text: String) -> Bool {
        guard text.utf8.count <= 254 else { return false }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64 else { return false }
        let special = Set(".!#$%&'*+/=?^_`{|}~-".utf8)
        let local = parts[0].utf8
        guard local.allSatisfy({ isLetterOrDigit($0) || special.contains($0) || $0 >= 0x80 }), local.first != 0x2E,
            local.last != 0x2E
        else { return false }
        return isHost(parts[1], needsPoint: true)
    }

    private static func isHost(_ host: Substring, needsPoint: Bool) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1 || !needsPoint && host != "", host.utf8.count <= 253 else { return false }
        return labels.allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && label.utf8.first != 0x2D && label.utf8.last != 0x2D
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 >= 0x80 }
        }
    }

    /// `scheme://host…` of a scheme that a browser opens without running anything, or a path on this site.
    static func isURL(_ text: String) -> Bool {
        guard !text.unicodeScalars.contains(where: { $0.value <= 32 || $0 == "<" || $0 == ">" || $0 == "\"" }) else {
            return false
        }
        if text.hasPrefix("/"), !text.hasPrefix("//") { return true }
        guard let range = text.firstRange(of: "://") else { return text.lowercased().hasPrefix("mailto:") }
        guard ["http", "https", "ftp", "ftps", "ssh", "git"].contains(text[..<range.lowerBound].lowercased()) else {
            return false
        }
        let rest = text[range.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = rest.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        if host.hasPrefix("["), host.contains("]") { return true }
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.first, parts.count == 1 || Int(parts[1], in: 0...65_535) != nil
        else {
            return false
        }
        return isHost(name, needsPoint: false)
    }

    /// 1 to 20 digits and spaces, with an optional `+` and the signs people write between.
    static func isPhone(_ text: String) -> Bool {
        let digits = text.utf8.filter { (0x30...0x39).contains($0) }.count
        let allowed = Set("0123456789+-(). /*#,;xX".utf8)
        return (1...20).contains(digits) && text.utf8.count <= 40 && text.utf8.allSatisfy(allowed.contains)
    }

    /// Country, check digits that make the whole divide by 97 with a rest of 1, and an account (ISO 13616).
    static func isIBAN(_ text: String) -> Bool {
        let bytes = text.uppercased().utf8.filter { $0 != 0x20 }
        guard (15...34).contains(bytes.count), bytes.prefix(2).allSatisfy({ (0x41...0x5A).contains($0) }),
            bytes.dropFirst(2).prefix(2).allSatisfy({ (0x30...0x39).contains($0) }),
            bytes.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) })
        else { return false }
        var rest = 0
        for byte in bytes.dropFirst(4) + bytes.prefix(4) {
            let value = Int(byte) - (byte < 0x41 ? 0x30 : 0x37)
            rest = (rest * (value > 9 ? 100 : 10) + value) % 97
        }
        return rest == 1
    }

    private static func isName(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.isWhitespace || $0 == "." || $0 == "-" || $0 == "'"
                || $0 == "\u{2019}"
                || $0.properties.canonicalCombiningClass.rawValue != 0
        }
    }

    private static func isColor(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.first == 0x23, [4, 5, 7, 9].contains(bytes.count) else { return false }
        return bytes.dropFirst().allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0)
        }
    }

    private static func isGeoJSON(_ text: String) -> Bool {
        guard let json = try? JSON.parse(text), let type = json["type"]?.string else { return false }
        return [
            "FeatureCollection", "Feature", "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon",
            "MultiPolygon", "GeometryCollection",
        ].contains(type)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension Problem.Kind {
    /// Text that is not of the form its field asks for.
    public static let badFormat = Self("bad_format", exception: "InvalidEmailAddressError")
}
