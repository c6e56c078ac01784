import Foundation
import Values

/// One figure of the benchmark, as it is printed.
struct Measurement: Sendable {
    /// What was measured.
    let name: String
    /// How much of it.
    let rate: Double
    /// In what, such as `requests/s`.
    let unit: String
    /// What it is compared with, and how much of that was done; nil where a figure stands for itself.
    var yardstick: (name: String, rate: Double)?
    /// The share of the yardstick's rate that was reached.
    var ratio: Double? { yardstick.map { rate / $0.rate } }

    /// The line of `--json`.
    var json: JSON {
        [
            "name": .string(name), "rate": Self.number(rate), "unit": .string(unit),
            "yardstick": yardstick.map { ["name": .string($0.name), "rate": Self.number($0.rate)] } ?? .null,
            "ratio": ratio.map(Self.number) ?? .null,
        ]
    }

    /// The line people read.
    var line: String {
        let figure = name.padding(toLength: 46, withPad: " ", startingAt: 0) + Self.text(rate) + " " + unit
        guard let yardstick, let ratio else { return figure }
        return "\(figure), \(Self.text(ratio)) of \(yardstick.name) (\(Self.text(yardstick.rate)))"
    }

    private static func number(_ value: Double) -> JSON { Exact(text(value)).map(JSON.decimal) ?? .null }

    private static func text(_ value: Double) -> String {
        String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3f", value)
    }
}

/// Runs `body` again and again until the time is over, and returns how often a second it ran.
func rate(for seconds: Double, _ body: (Int) async throws -> Void) async rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var count = 0
    while clock.now - start < .seconds(seconds) {
        try await body(count)
        count += 1
    }
    return Double(count) / ((clock.now - start) / .seconds(1))
}

/// How many seconds `body` takes.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try await body()
    return (clock.now - start) / .seconds(1)
}
