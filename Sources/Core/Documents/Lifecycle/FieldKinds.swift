extension FieldOption {
    /// Another type of text than the Swift type of the field has, kept the same way.
    static func kind(_ type: FieldType) -> FieldOption { FieldOption { $0.type = type } }
    /// A link that neither user permissions nor the right to select restrict.
    static let ignoringRights = FieldOption { $0.flags.formUnion([.ignoreUserPermissions, .linksToHidden]) }
}
