/// Why a value cannot be used, in words that say what was expected. The section that asked adds where.
struct YAMLRefusal: Error {
    var message: String

    init(_ message: String) { self.message = message }
}
