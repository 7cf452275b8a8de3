/// Names and values, of a query string or a form. A pair that cannot be decoded is kept as broken.
struct NamedValues: Sendable {
    private(set) var pairs: [(name: String, value: String)] = []
    private(set) var isBroken = false

    init(query: some StringProtocol) { read(query) { $0.percentDecoded } }

    init(form: some StringProtocol) { read(form) { $0.formDecoded } }

    private mutating func read<Text: StringProtocol>(
        _ text: Text, _ decode: (Text.SubSequence) -> String?
    ) where Text.SubSequence: StringProtocol {
        for pair in text.split(separator: "&") {
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            let value = equals == pair.endIndex ? pair[equals...] : pair[pair.index(after: equals)...]
            guard let name = decode(pair[..<equals]), let value = decode(value) else {
                isBroken = true
                continue
            }
            pairs.append((name, value))
        }
    }

    /// The first value of that name.
    subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    var names: Set<String> { Set(pairs.map(\.name)) }

    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}
