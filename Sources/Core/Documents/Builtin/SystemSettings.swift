/// What holds for a whole company's system.
public struct SystemSettings: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "System Settings", module: "Core", naming: .prompt, .single, permissions: [.manage("System Manager")],
        summary: "What holds for the whole system.")

    public let applyStrictUserPermissions = Check(
        .label("Apply Strict User Permissions"))
    let allowNamesDifferingInCase = Check(
        .label("Names May Differ Only in Case"),
        .description("Lets a customer be called Acme beside another called ACME. Users, roles and DocTypes never may."))
    public init() {}
}
