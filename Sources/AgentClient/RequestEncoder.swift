internal import AgentProtocol
internal import Foundation
internal import NIOCore

/// Writes requests: one line each.
enum RequestEncoder {
    /// nil when it is written.
    static func write(
        _ verify: borrowing TokenVerify, id: Int64, into requests: inout ByteBuffer
    ) -> AgentClientError? {
        let start = requests.writerIndex
        RequestWriter.verify(id: id, verify, into: &requests)
        return refusal(of: &requests, from: start)
    }

    /// nil when it is written.
    static func write(
        _ token: String, _ demand: RequestWriter.Demand, id: Int64, into requests: inout ByteBuffer
    ) -> AgentClientError? {
        let start = requests.writerIndex
        RequestWriter.verify(id: id, token: token, demand: demand, into: &requests)
        return refusal(of: &requests, from: start)
    }

    private static func refusal(of requests: inout ByteBuffer, from start: Int) -> AgentClientError? {
        guard requests.writerIndex - start > Limits.lineBytesMax + 1 else { return nil }
        requests.moveWriterIndex(to: start)
        return tooLong
    }

    private static let tooLong = AgentClientError.unsendable(
        "it is longer than \(Limits.lineBytesMax) bytes")

    static func line(
        id: Int64, method: Method, params: some Encodable, credentials: Credentials?
    ) throws(AgentClientError) -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json: Data
        do {
            json = try encoder.encode(
                Request(id: id, method: method, params: RequestParams(params, as: credentials)))
        } catch {
            throw .unsendable("it cannot be encoded")
        }
        guard json.count <= Limits.lineBytesMax else {
            throw tooLong
        }
        var line = ByteBuffer(bytes: json)
        line.writeStaticString("\n")
        return line
    }

    private struct Request<P: Encodable>: Encodable {
        let jsonrpc = "2.0"
        let id: Int64
        let method: Method
        let params: RequestParams<P>
    }
}
