internal import Foundation

/// Encodes results off the verify path.
enum ResultEncoder {
    static func encode(_ result: some Encodable) throws(RPCError) -> [UInt8] {
        let encoder = JSONEncoder()
        // Sorted, so that the same result is always the same line; slashes as they are, as the protocol
        // shows them.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(result))
        } catch {
            // The encoder's own words may quote values.
            throw .internalError("the result could not be encoded")
        }
    }
}
