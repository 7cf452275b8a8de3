internal import AgentProtocol
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Response {
    static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func json(
        _ status: HTTPResponse.Status, _ value: some Encodable, type: String = "application/json"
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: status, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }

    static func empty(_ status: HTTPResponse.Status) -> Response {
        var response = Response(status: status)
        // RFC 9110 section 8.6: none in a 204.
        if status == .noContent { response.headers[.contentLength] = nil }
        return response
    }

    /// Only where waiting helps: who is told when to come again does, for ever.
    func retry(after seconds: Int?) -> Response {
        seconds.map { with(.retryAfter, String($0)) } ?? self
    }

    func with(_ name: HTTPField.Name, _ value: String) -> Response {
        var response = self
        response.headers[name] = value
        return response
    }
}
