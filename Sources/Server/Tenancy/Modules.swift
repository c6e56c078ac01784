internal import AutoRepeats
internal import Automations
internal import Collaboration
internal import Customization
public import Documents
internal import Forms
internal import History
internal import Jobs
internal import Lists
internal import Lookalikes
public import Reports
internal import Search

extension Registry {
    /// A registry with what every company has, whatever modules it uses.
    public static func core() -> Registry {
        var registry = Registry.documents()
        registry.addCustomization()
        registry.addLookalikes()
        registry.addHistory()
        registry.addLists()
        registry.addSearch()
        registry.addCollaboration()
        registry.addAutoRepeats()
        registry.addForms()
        registry.addJobs()
        registry.addAutomations()
        registry.addAccess()
        registry.add(table: KeptAnswer.table, isSealed: true)
        registry.register(KeptAnswer.purge)
        registry.add(table: ResumableUpload.table, isSealed: true)
        registry.add(table: ResumableUpload.partTable, isSealed: true)
        registry.register(ResumableUpload.purge)
        registry.register(FileCollection.kind)
        registry.register(FileCollection.task)
        return registry
    }

    /// Everything that modules declare, with what every company has.
    public static func of(_ modules: [Module]) -> Registry {
        var registry = Registry.core()
        for module in modules { module.register(&registry) }
        return registry
    }
}
