internal import Documents
internal import Values

/// Names and values as forms and queries carry them.
enum FormBody {
    /// Reads `a=1&b=2`, decoded once, in order; a name without `=` has the value "".
    static func urlEncoded(_ text: some StringProtocol) -> [(name: String, value: String)] {
        var bytes = String(text)
        return bytes.withUTF8 { bytes in
            var pairs: [(name: String, value: String)] = []
            var start = 0
            while start < bytes.count {
                let end = unsafe bytes[start...].firstIndex(of: 0x26) ?? bytes.count
                if end > start {
                    let equals = unsafe bytes[start..<end].firstIndex(of: 0x3D) ?? end
                    let name = unsafe UnsafeBufferPointer(rebasing: bytes[start..<equals])
                    let value = unsafe UnsafeBufferPointer(rebasing: bytes[min(equals + 1, end)..<end])
                    unsafe pairs.append((PercentCoding.decode(name, true), PercentCoding.decode(value, true)))
                }
                start = end + 1
            }
            return pairs
        }
    }

    /// Reads `multipart/form-data` (RFC 7578): the fields, not files.
    ///
    /// - Throws: ``Problem/Kind/malformed`` when the parts are not as they should be.
    static func multipart(_ body: [UInt8], boundary: String) throws -> [(name: String, value: String)] {
        let delimiter = Array("--\(boundary)".utf8)
        let broken = Problem(.malformed, "The form's parts cannot be read", fix: "Send the form as JSON.")
        guard !boundary.isEmpty, boundary.utf8.count <= 70, var at = find(delimiter, in: body, from: 0) else {
            throw broken
        }
        var fields: [(name: String, value: String)] = []
        while true {
            at += delimiter.count
            if body[at...].starts(with: [0x2D, 0x2D]) { return fields }
            guard body[at...].starts(with: [0x0D, 0x0A]), fields.count < 1_000,
                let headEnd = find([0x0D, 0x0A, 0x0D, 0x0A], in: body, from: at),
                let end = find([0x0D, 0x0A] + delimiter, in: body, from: headEnd + 2)
            else { throw broken }
            let head = String(decoding: body[at..<headEnd], as: UTF8.self)
            guard let name = parameter("name", of: head) else { throw broken }
            if parameter("filename", of: head) == nil {
                let start = min(headEnd + 4, end)
                fields.append((name, String(decoding: body[start..<end], as: UTF8.self)))
            }
            at = end + 2
        }
    }

    /// The value of `; name="value"` or `; name=value` in a header. In quotes stand semicolons, and quotes after `\`.
    static func parameter(_ name: String, of header: String) -> String? {
        for part in parts(of: header).dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].drop(while: { $0 == " " }).lowercased() == name else { continue }
            let value = pair[1]
            return value.first == "\"" ? unquoted(value.dropFirst()) : String(value)
        }
        return nil
    }

    /// The parts of a header between semicolons and line ends that are not in quotes.
    private static func parts(of header: String) -> [Substring] {
        var parts: [Substring] = []
        var start = header.startIndex
        var (isQuoted, isEscaped) = (false, false)
        for index in header.indices {
            let character = header[index]
            if character == "\r\n" || character == "\n" || character == ";" && !isQuoted {
                parts.append(header[start..<index])
                start = header.index(after: index)
                isQuoted = false
            } else if character == "\"", !isEscaped {
                isQuoted.toggle()
            }
            isEscaped = isQuoted && character == "\\" && !isEscaped
        }
        return parts + [header[start...]]
    }

    /// What stands up to the closing quote.
    private static func unquoted(_ text: Substring) -> String {
        var value = ""
        var rest = text
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", rest.first == "\"" {
                _ = rest.popFirst().map { value.append($0) }
            } else {
                value.append(character)
            }
        }
        return value
    }

    /// Where a pattern first stands in the bytes, in a time that depends on their lengths only (Knuth, Morris, Pratt).
    static func find(_ pattern: [UInt8], in body: [UInt8], from start: Int) -> Int? {
        guard !pattern.isEmpty, start <= body.count else { return nil }
        // How much of the pattern's beginning each part of it ends with.
        var borders = [0]
        var length = 0
        for byte in pattern.dropFirst() {
            while length > 0, pattern[length] != byte { length = borders[length - 1] }
            if pattern[length] == byte { length += 1 }
            borders.append(length)
        }
        length = 0
        for index in start..<body.count {
            while length > 0, pattern[length] != body[index] { length = borders[length - 1] }
            if pattern[length] == body[index] { length += 1 }
            if length == pattern.count { return index + 1 - length }
        }
        return nil
    }
}
