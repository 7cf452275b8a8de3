import NIOCore
import Testing

@testable import AgentProtocol

@Suite struct EventWriterTests {
    @Test(arguments: Samples.events)
    func `a notification is one line that reads back as the event`(event: Event) throws {
        var buffer = ByteBuffer()
        EventWriter.write(event, into: &buffer)
        let line = String(buffer: buffer)
        #expect(line.hasPrefix(#"{"jsonrpc":"2.0","method":"event","params":{"#))
        #expect(line.firstIndex(of: "\n") == line.index(before: line.endIndex))
        let params = try buffer.withUnsafeReadableBytes { bytes in
            let place = try #require(AnswerScanner.event(bytes))
            return String(decoding: bytes[place], as: UTF8.self)
        }
        #expect(try Samples.decode(Event.self, params) == event)
        let same = try Samples.decode(JSONValue.self, params)
        #expect(try same == Samples.decode(JSONValue.self, Samples.encode(event)))
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":1,"result":{}}"#, #"{"jsonrpc":"2.0","method":"other","params":{}}"#,
        #"{"jsonrpc":"2.0","method":"event"}"#, #"{"jsonrpc":"2.0","id":1,"method":"event","params":{}}"#,
        "[]",
        #"{"jsonrpc":"2.0","method":"event","params":{}} x"#,
    ])
    func `what is no notification of an event is not taken for one`(line: String) {
        let place = Array(line.utf8).withUnsafeBytes { AnswerScanner.event($0) }
        #expect(place == nil)
    }

    @Test func `a notification of an event is no answer`() {
        var buffer = ByteBuffer()
        EventWriter.write(Samples.events[0], into: &buffer)
        #expect(buffer.withUnsafeReadableBytes { AnswerScanner.scan($0) } == nil)
    }
}
