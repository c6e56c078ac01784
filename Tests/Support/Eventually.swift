/// Waits until something holds that nothing tells of, at most a minute.
///
/// - Returns: whether it holds.
public func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !holds() {
        guard ContinuousClock.now < deadline else { return false }
        // A condition is waited for, not a time.
        try await Task.sleep(for: .milliseconds(10))
    }
    return true
}
