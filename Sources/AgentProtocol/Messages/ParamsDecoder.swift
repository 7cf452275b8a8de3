internal import Foundation

/// Reads the params of any method, off the verify path: held against the method's description first,
/// so that every refusal is -32602 and names its member, and decoded then.
public enum ParamsDecoder {
    /// `params` is the text of the params object; empty stands for `{}`. The credentials are those of `as`.
    public static func decode<P: MethodParams>(
        _: P.Type, from params: UnsafeRawBufferPointer
    ) throws(RPCError) -> (params: P, credentials: Credentials?) {
        let text = params.isEmpty ? emptyObject : params
        // The request object around it is open, too.
        var checker = SchemaChecker(text, depth: 1)
        try checker.check(schema(of: P.description))
        let decoded: Request<P>
        do {
            decoded = try JSONDecoder().decode(Request<P>.self, from: Data(text))
        } catch {
            // The description let through what the type does not take; the decoder's own words may quote
            // values.
            throw .invalidParams(member: nil, "the params could not be read")
        }
        try decoded.params.check()
        return (decoded.params, decoded.credentials)
    }

    private static var emptyObject: UnsafeRawBufferPointer {
        let text: StaticString = "{}"
        return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Any request may carry `as`.
    private static func schema(of method: MethodDescription) -> Schema {
        .object(method.params + [.init(Credentials.member, .reference(.credentials))])
    }

    private struct Request<P: MethodParams>: Decodable {
        let params: P
        let credentials: Credentials?

        enum CodingKeys: String, CodingKey { case credentials = "as" }

        init(from decoder: any Decoder) throws {
            params = try P(from: decoder)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            credentials = try container.decodeIfPresent(Credentials.self, forKey: .credentials)
        }
    }
}
