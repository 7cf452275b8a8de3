import Testing

@testable import tokenagent

@Suite struct ListenerTableTests {
    @Test func `who listens at a port is named, and who is connected to it is not`() {
        let head =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
        let queues = "00000000:00000000 00:00000000 00000000"
        let everywhere = "00000000000000000000000000000000"
        let table = ListenerTable(texts: [
            """
            \(head)
               0: 0100007F:1F86 00000000:0000 0A \(queues)    33        0 1 1 0 100 0
               1: 0100007F:1F86 0100007F:A1B2 01 \(queues)    44        0 2 1 0 100 0
               2: 0100007F:1F87 00000000:0000 0A \(queues)    55        0 3 1 0 100 0
            """,
            """
            \(head)
               0: \(everywhere):1F86 \(everywhere):0000 0A \(queues)  1000        0 4 1 0 100 0
            """,
        ])
        #expect(table.owners(of: 8070) == [33, 1000])
        #expect(table.owners(of: 8071) == [55])
        #expect(table.owners(of: 8072) == [])
    }
}
