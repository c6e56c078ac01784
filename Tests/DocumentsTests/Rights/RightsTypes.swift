import Documents
import Values

/// DocTypes whose rights use everything there is: levels, masks, own documents, trees, links of each kind, rows.
struct RightsZone: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Rights Zone", module: "Rights", naming: .prompt, tree: "parent_zone",
        permissions: [.manage("Maker"), .read("Reader"), Permission("Selector", [.select]), .read("Own Reader")])
    let parentZone = Link("Rights Zone")
    let isGroup = Check()
    let remark = Data()
    init() {}
}

struct RightsClient: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Rights Client", module: "Rights", naming: .prompt, title: "title", search: ["title"],
        permissions: RightsWorld.permissions)
    let title = Data()
    let zone = Link(RightsZone.self)
    let remark = Data()
    let secret = Data(.level(1))
    let phone = Data(.masked)
    init() {}
}

struct RightsLine: DocTypeSchema {
    static let doctype = DocTypeInfo("Rights Line", module: "Rights", kind: .child)
    let item = Data()
    let zone = Link(RightsZone.self)
    let cost = Data(.level(1))
    let pin = Data(.masked)
    init() {}
}

struct RightsExtra: DocTypeSchema {
    static let doctype = DocTypeInfo("Rights Extra", module: "Rights", kind: .child)
    let item = Data()
    init() {}
}

struct RightsDeal: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Rights Deal", module: "Rights", naming: .prompt, title: "title", search: ["title"],
        permissions: RightsWorld.permissions)
    let title = Data()
    let client = Link(RightsClient.self)
    let zone = Link(RightsZone.self)
    let otherZone = Link(RightsZone.self, .ignoresUserPermissions)
    let aboutType = Data()
    let about = DynamicLink("about_type")
    let remark = Data()
    let secret = Data(.level(1), .fallback("plain"))
    let phone = Data(.masked)
    let lines = Table(RightsLine.self)
    let extras = Table(RightsExtra.self, .level(2))
    init() {}
}
