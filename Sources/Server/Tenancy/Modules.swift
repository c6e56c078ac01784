public import Documents
public import Reports

extension Registry {
    /// Everything that modules declare, with what every company has.
    public static func of(_ modules: [Module]) -> Registry {
        var registry = Registry.core()
        for module in modules { module.register(&registry) }
        return registry
    }
}
