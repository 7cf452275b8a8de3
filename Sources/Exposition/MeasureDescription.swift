/// What a metric says of itself to whoever reads it.
package struct MeasureDescription: Hashable, Sendable {
    package let name: String
    package let help: String
    /// The upper bounds of a histogram's buckets, ascending, in its own unit; empty for anything else.
    package let bounds: [Double]

    package init(_ name: String, _ help: String, bounds: [Double] = []) {
        self.name = name
        self.help = help
        self.bounds = bounds
    }
}
