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
    /// How people see things; clients read it.
    public let country = Data()
    public let language = Data()
    public let dateFormat = Select(
        ["yyyy-mm-dd", "dd-mm-yyyy", "dd/mm/yyyy", "dd.mm.yyyy", "mm/dd/yyyy", "mm-dd-yyyy"])
    public let timeFormat = Select(["HH:mm:ss", "HH:mm"])
    public let numberFormat = Select(numberFormats)
    public let firstDayOfTheWeek = Select(
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"])
    public let appName = Data()
    public init() {}

    /// How numbers may be written, by an example of each.
    public static let numberFormats = [
        "#,###.##", "#.###,##", "# ###.##", "# ###,##", "#'###.##", "#, ###.##", "#,##,###.##", "#,###.###", "#.###",
        "#,###",
    ]
}
