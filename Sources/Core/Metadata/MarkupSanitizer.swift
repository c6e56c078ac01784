internal import Values

/// Takes out of markup what could run, load or mislead, and keeps what formats text.
///
/// A list of what may stay: elements, attributes, schemes of addresses and properties of styles. All else goes: of an element
/// that is not listed only its text stays, of scripts and styles not even that. What comes out is balanced and takes time and
/// space proportional to what went in. Markup that only looks like text (`a < b`) becomes text.
package struct MarkupSanitizer {
    private let bytes: [UInt8]
    private var at = 0
    private var out: [UInt8] = []
    private var open: [String] = []

    /// The markup without what is not allowed.
    package static func clean(_ markup: String) -> String {
        guard markup.utf8.contains(UInt8(ascii: "<")) else { return markup }
        var sanitizer = MarkupSanitizer(bytes: Array(markup.utf8))
        return sanitizer.run()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        out.reserveCapacity(bytes.count)
    }

    private static let elements: Set<String> = [
        "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details",
        "div",
        "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd",
        "li",
        "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "summary",
        "sup",
        "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var",
    ]
    /// Elements without an end.
    private static let void: Set<String> = ["br", "col", "hr", "img"]
    /// Elements that go with all that stands in them.
    private static let swallowed: Set<String> = [
        "script", "style", "iframe", "object", "embed", "noscript", "template", "title", "textarea", "xmp", "noembed",
        "noframes", "plaintext", "svg", "math", "select",
    ]
    private static let attributes: Set<String> = [
        "align", "alt", "class", "colspan", "data-id", "data-list", "data-value", "data-denotation-char", "datetime",
        "dir",
        "height", "href", "lang", "rowspan", "span", "src", "start", "style", "title", "valign", "width", "rel",
        "target",
    ]
    private static let schemes: Set<String> = ["http", "https", "mailto", "tel", "ftp"]
    private static let styles: Set<String> = [
        "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right",
        "border-top", "border-width", "color", "font-family", "font-size", "font-style", "font-weight", "height",
        "line-height", "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top",
        "max-width", "min-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top",
        "text-align", "text-decoration", "text-indent", "vertical-align", "white-space", "width",
    ]
    /// How deep elements may stand in one another; what stands deeper stays as text.
    private static let depth = 100

    private mutating func run() -> String {
        while at < bytes.count {
            let byte = bytes[at]
            if byte != 0x3C {
                if byte == 0x3E { out += Array("&gt;".utf8) } else if byte != 0 { out.append(byte) }
                at += 1
                continue
            }
            let next = at + 1 < bytes.count ? bytes[at + 1] : 0
            if Self.isLetter(next) {
                startTag()
            } else if next == 0x2F, at + 2 < bytes.count, Self.isLetter(bytes[at + 2]) {
                endTag()
            } else if next == 0x21 || next == 0x3F || next == 0x2F {
                skipDeclaration()
            } else {
                out += Array("&lt;".utf8)
                at += 1
            }
        }
        for name in open.reversed() { out += Array("</\(name)>".utf8) }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0C, 0x0D, 0x2F].contains(byte) }

    /// A comment goes to its `-->`, another declaration to its `>`.
    private mutating func skipDeclaration() {
        if bytes[at...].starts(with: "<!--".utf8) {
            at += 4
            while at < bytes.count, !(bytes[at] == 0x3E && bytes[at - 1] == 0x2D && bytes[at - 2] == 0x2D) { at += 1 }
        } else {
            while at < bytes.count, bytes[at] != 0x3E { at += 1 }
        }
        at += 1
    }

    private mutating func name() -> String {
        let start = at
        while at < bytes.count, !Self.isSpace(bytes[at]), bytes[at] != 0x3E { at += 1 }
        return String(decoding: bytes[start..<at].prefix(32), as: UTF8.self).lowercased()
    }

    private mutating func endTag() {
        at += 2
        let name = name()
        while at < bytes.count, bytes[at] != 0x3E { at += 1 }
        at += 1
        guard let place = open.lastIndex(of: name) else { return }
        for name in open[place...].reversed() { out += Array("</\(name)>".utf8) }
        open.removeSubrange(place...)
    }

    private mutating func startTag() {
        at += 1
        let name = name()
        let isKept = Self.elements.contains(name) && open.count < Self.depth
        var tag: [UInt8] = Array("<\(name)".utf8)
        var seen: Set<String> = []
        while let (key, value) = attribute() {
            guard isKept, Self.attributes.contains(key), seen.insert(key).inserted,
                let clean = Self.cleaned(key, value, of: name)
            else { continue }
            tag += Array(" \(key)=\"".utf8)
            tag += Self.quoted(clean)
            tag.append(0x22)
        }
        if isKept {
            out += tag
            out.append(0x3E)
            if !Self.void.contains(name) { open.append(name) }
        } else if Self.swallowed.contains(name) {
            swallow(name)
        }
    }

    /// The next attribute of the tag; nil behind its `>`.
    private mutating func attribute() -> (key: String, value: String)? {
        while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
        guard at < bytes.count else { return nil }
        if bytes[at] == 0x3E {
            at += 1
            return nil
        }
        let start = at
        at += 1
        while at < bytes.count, !Self.isSpace(bytes[at]), bytes[at] != 0x3D, bytes[at] != 0x3E { at += 1 }
        let key = String(decoding: bytes[start..<at].prefix(64), as: UTF8.self).lowercased()
        var look = at
        while look < bytes.count, Self.isSpace(bytes[look]), bytes[look] != 0x2F { look += 1 }
        guard look < bytes.count, bytes[look] == 0x3D else { return (key, "") }
        at = look + 1
        while at < bytes.count, Self.isSpace(bytes[at]), bytes[at] != 0x2F { at += 1 }
        guard at < bytes.count else { return nil }
        let quote = bytes[at]
        if quote == 0x22 || quote == 0x27 {
            at += 1
            let from = at
            while at < bytes.count, bytes[at] != quote { at += 1 }
            let value = String(decoding: bytes[from..<min(at, bytes.count)], as: UTF8.self)
            at += 1
            return (key, value)
        }
        let from = at
        while at < bytes.count, !Self.isSpace(bytes[at]) || bytes[at] == 0x2F, bytes[at] != 0x3E { at += 1 }
        return (key, String(decoding: bytes[from..<at], as: UTF8.self))
    }

    /// Goes behind the end of an element whose content is not text; to the end of all when it has none.
    private mutating func swallow(_ name: String) {
        let end = Array("</\(name)".utf8)
        while at < bytes.count {
            if bytes[at] == 0x3C, at + end.count <= bytes.count {
                var isEnd = true
                for (offset, byte) in end.enumerated() where bytes[at + offset] | 0x20 != byte | 0x20 {
                    isEnd = false
                    break
                }
                if isEnd {
                    while at < bytes.count, bytes[at] != 0x3E { at += 1 }
                    at += 1
                    return
                }
            }
            at += 1
        }
    }

    /// The value as it may stay, or nil.
    private static func cleaned(_ key: String, _ value: String, of element: String) -> String? {
        switch key {
        case "href", "src":
            let address = decoded(value).unicodeScalars.filter { $0.value > 32 && $0.value != 127 }
            let text = String(String.UnicodeScalarView(address))
            let head = text.prefix { $0 != ":" && $0 != "/" && $0 != "?" && $0 != "#" }
            guard head.endIndex < text.endIndex, text[head.endIndex] == ":" else { return text }
            let scheme = head.lowercased()
            if schemes.contains(scheme) { return text }
            // Pictures may stand in the text itself, as long as they are nothing but pictures.
            let picture = ["png", "jpeg", "gif", "webp"].contains {
                text.lowercased().hasPrefix("data:image/\($0);base64,")
            }
            return key == "src" && element == "img" && picture ? text : nil
        case "style":
            let kept = decoded(value).split(separator: ";").compactMap { declaration -> String? in
                let parts = declaration.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, styles.contains(parts[0].trimmed.lowercased()) else { return nil }
                let content = parts[1].trimmed.lowercased()
                guard content.utf8.count <= 200, !content.contains("url"), !content.contains("expression"),
                    !content.contains("\\"), !content.contains("<"), !content.contains("/*"), !content.contains("@")
                else { return nil }
                return "\(parts[0].trimmed): \(parts[1].trimmed)"
            }
            return kept.isEmpty ? nil : kept.joined(separator: "; ")
        case "target": return value == "_blank" ? value : nil
        case "rel": return "noopener noreferrer nofollow"
        default: return decoded(value)
        }
    }

    /// The text with its numeric and most common entities resolved once.
    private static func decoded(_ value: String) -> String {
        guard value.utf8.contains(0x26) else { return value }
        var result = ""
        var rest = Substring(value)
        while let amp = rest.firstIndex(of: "&") {
            result += rest[..<amp]
            rest = rest[rest.index(after: amp)...]
            let entity = rest.prefix(12).prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "#") }
            var scalar: Unicode.Scalar?
            if entity.hasPrefix("#x") || entity.hasPrefix("#X") {
                scalar = UInt32(entity.dropFirst(2).prefix { $0.isHexDigit }, radix: 16).flatMap { Unicode.Scalar($0) }
            } else if entity.hasPrefix("#") {
                scalar = UInt32(entity.dropFirst().prefix { $0.isNumber }).flatMap { Unicode.Scalar($0) }
            } else {
                switch entity.lowercased() {
                case "amp": scalar = "&"
                case "lt": scalar = "<"
                case "gt": scalar = ">"
                case "quot": scalar = "\""
                case "apos": scalar = "'"
                case "colon": scalar = ":"
                case "tab", "newline": scalar = " "
                default: break
                }
            }
            guard let scalar else {
                result.append("&")
                continue
            }
            result.unicodeScalars.append(scalar)
            rest = rest.dropFirst(entity.count)
            if rest.first == ";" { rest = rest.dropFirst() }
        }
        return result + rest
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var quoted: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x22: quoted += Array("&quot;".utf8)
            case 0x26: quoted += Array("&amp;".utf8)
            case 0x3C: quoted += Array("&lt;".utf8)
            case 0x3E: quoted += Array("&gt;".utf8)
            default: quoted.append(byte)
            }
        }
        return quoted
    }
}
