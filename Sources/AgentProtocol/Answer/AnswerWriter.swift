public import NIOCore

/// Writes answers straight into the buffer that goes out.
///
/// `id` is the request's id as it stood there; nil writes `null`, for what could not be read as a request.
/// An answer is one line; within a batch it is a piece without line end, and `AnswerBatch` adds what is
/// between.
public enum AnswerWriter {
    public enum Ending: Sendable { case line, piece }

    /// A result that is JSON already.
    public static func result(
        id: UnsafeRawBufferPointer?, json: UnsafeRawBufferPointer, ending: Ending = .line,
        into buffer: inout ByteBuffer
    ) {
        write(id: id, room: json.count, ending, into: &buffer) { output in
            output.write(raw: #","result":"#)
            output.write(raw: json)
        }
    }

    /// A result of any method but verify. What cannot be encoded is a mistake of ours, and answered as one.
    public static func result(
        id: UnsafeRawBufferPointer?, _ result: some Encodable, ending: Ending = .line,
        into buffer: inout ByteBuffer
    ) {
        if let result = result as? any JSONWritten {
            return write(id: id, room: result.room, ending, into: &buffer) { output in
                output.write(raw: #","result":"#)
                result.write(into: &output)
            }
        }
        do throws(RPCError) {
            let json = try ResultEncoder.encode(result)
            json.withUnsafeBytes { Self.result(id: id, json: $0, ending: ending, into: &buffer) }
        } catch {
            Self.error(id: id, error, ending: ending, into: &buffer)
        }
    }

    /// `token.verify`: the token is good.
    public static func active(
        id: UnsafeRawBufferPointer?, _ token: TokenVerify.Active, ending: Ending = .line,
        into buffer: inout ByteBuffer
    ) {
        write(id: id, room: token.room, ending, into: &buffer) { output in
            output.write(raw: #","result":"#)
            token.write(into: &output)
        }
    }

    /// `token.verify`: the token is good, with what `TokenVerify.Active` rendered of its owner and its terms.
    /// `code` is its id, which is never in need of an escape.
    public static func active(
        id: UnsafeRawBufferPointer, code: UnsafeRawBufferPointer, owner: UnsafeRawBufferPointer,
        terms: UnsafeRawBufferPointer, expiresAt: WireTime?, into buffer: inout ByteBuffer
    ) {
        write(id: id, room: 128 + code.count + owner.count + terms.count, .line, into: &buffer) { output in
            output.write(raw: #","result":{"active":true,"id":""#)
            output.write(raw: code)
            output.write(raw: "\"")
            output.write(raw: owner)
            output.write(raw: terms)
            output.write(expiresAt)
            output.write(raw: "}")
        }
    }

    /// `token.verify`: it is not. A refusal is a result, never an error.
    public static func inactive(
        id: UnsafeRawBufferPointer?, _ reason: TokenVerify.Reason, ending: Ending = .line,
        into buffer: inout ByteBuffer
    ) {
        write(id: id, room: 128, ending, into: &buffer) { output in
            output.write(raw: #","result":{"active":false,"reason":"#)
            output.write(reason.rawValue)
            output.write(raw: "}")
        }
    }

    public static func error(
        id: UnsafeRawBufferPointer?, _ error: RPCError, ending: Ending = .line, into buffer: inout ByteBuffer
    ) {
        write(id: id, room: error.room, ending, into: &buffer) { output in
            output.write(raw: #","error":"#)
            error.write(into: &output)
        }
    }

    /// What stands around every answer takes less than 64 bytes, the id apart.
    private static func write(
        id: UnsafeRawBufferPointer?, room: Int, _ ending: Ending, into buffer: inout ByteBuffer,
        _ body: (inout JSONOutput) -> Void
    ) {
        let room = 64 + (id?.count ?? 0) + room
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var output = JSONOutput(memory)
            output.write(raw: #"{"jsonrpc":"2.0","id":"#)
            if let id { output.write(raw: id) } else { output.write(raw: "null") }
            body(&output)
            switch ending {
            case .line: output.write(raw: "}\n")
            case .piece: output.write(raw: "}")
            }
            return output.count
        }
    }
}

/// Joins the answers of a batch into one line (JSON-RPC 2.0 section 6). A batch of notifications alone has
/// no answer.
public struct AnswerBatch: Sendable {
    private var line = ByteBuffer()

    public init() {}

    /// Adds one answer, written with the ending `.piece`.
    public mutating func append(_ piece: ByteBuffer) {
        line.writeStaticString(line.readableBytes == 0 ? "[" : ",")
        line.writeImmutableBuffer(piece)
    }

    public func write(into buffer: inout ByteBuffer) {
        guard line.readableBytes > 0 else { return }
        buffer.writeImmutableBuffer(line)
        buffer.writeStaticString("]\n")
    }
}
