internal import Documents
internal import Reports
internal import Values

/// The methods clients may call by name: those of every server, and those the modules declare.
enum MethodTable {
    /// All of them by name; a module's method takes the place of one of the server's.
    static func make(_ registry: Registry, _ reports: [String: Report], timeZone: String) -> [String: Method] {
        var methods: [String: Method] = [:]
        let own =
            ClientReading.methods + ClientWriting.methods + DeskMethods.methods(reports) + [RehearseMethod.method]
            + [
                Method(
                    "frappe.client.get_time_zone", allowsGuests: true, summary: "The site's time zone."
                ) { _, _ in ["time_zone": .string(timeZone)] }
            ]
        for method in own { methods[method.name] = method }
        for method in registry.methods.values { methods[method.name] = method }
        return methods
    }
}

extension Method {
    /// Runs the method once its required arguments are there.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` that names the argument, and what the method throws.
    func call(_ arguments: Arguments, _ session: Session) throws -> JSON {
        for parameter in parameters where parameter.isRequired && arguments[parameter.name] == nil {
            throw Problem(
                .mandatory, "The argument \(parameter.name) of \(name) is missing", field: parameter.name,
                fix: "Send \(parameter.name).")
        }
        return try run(arguments, session)
    }
}
