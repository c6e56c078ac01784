public import Documents
internal import Values

extension Registry {
    /// Declares what a company changes DocTypes and names by: the DocTypes that describe DocTypes, what brings them into force,
    /// and the methods on them.
    public mutating func addCustomization() {
        add(
            DocFieldRow.self, DocPermRow.self, DocTypeLinkRow.self, DocTypeActionRow.self, DocTypeStateRow.self,
            DocTypeDocument.self, CustomField.self, PropertySetter.self, CustomDocPerm.self, NamingRuleCondition.self,
            DocumentNamingRule.self)
        add(table: MetadataVersion.table, isSealed: true)
        add(source: DocTypeSource.source, for: DocTypeDocument.doctype.name)
        for kind in DocTypeRows.kinds { add(source: DocTypeRows.source(of: kind), for: kind) }
        setMetadata(sources: CustomMetadata.sources) { session in try session.applyMetadata() }
        MetadataMethods.register(&self)
        for method in NamingMethods.all { add(method) }
        add(check: Check("metadata") { try $0.registry.customized(in: $0).metadataProblems.map(\.message) })
    }
}
