internal import Documents
public import Reports

/// Setting up a company: one call makes all that it needs to trade, from templates in data.
public let setupWizardModule = Module("Setup Wizard") { registry in
    for method in SetupMethods.all { registry.add(method) }
}
