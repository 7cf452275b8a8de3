import AgentProtocol
import Glibc
import Testing

extension EndToEnd {
    /// More callers than the daemon has descriptors for.
    @Suite struct DescriptorTests {
        @Test func `without descriptors it neither spins nor leaks, serves who is in, and goes on later`()
            throws
        {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.descriptorsMax = 64
            try daemon.start()
            let token = try daemon.create(.service("inside"))
            let inside = try daemon.connect()
            let verify = try DaemonProcess.request("token.verify", ["token": .string(token.token)])
            #expect(try inside.ask(verify)["result"]["active"] == true)
            let before = try daemon.facts.descriptors

            // Non-blocking ones: the kernel's queue takes what the daemon does not.
            var crowd = try (1...120).map { _ in try daemon.connect() }
            try eventually("it has run out") { try daemon.log.contains("cannot accept") }
            let (begun, spent) = (ContinuousClock.now, try daemon.facts.processorSeconds)
            for _ in 1...20 {
                #expect(try inside.ask(verify)["result"]["active"] == true)
                usleep(100_000)
            }
            let seconds = begun.duration(to: .now) / .seconds(1)
            let share = (try daemon.facts.processorSeconds - spent) / seconds
            #expect(share < 0.25, "it used \(share) of a processor")
            let refusal = try inside.ask(DaemonProcess.request("token.create", ["owner": .service("more")]))
            #expect(refusal.refusal.map { $0.known == .storageUnavailable } ?? true)

            crowd.removeAll()
            try eventually("it serves again") {
                let next = try daemon.connect()
                do { return try next.ask(verify)["result"]["active"] == true } catch is FixtureFailure {
                    return false
                }
            }
            try eventually("nothing has leaked") { try daemon.facts.descriptors <= before + 8 }
            try daemon.create(.service("after"))
        }
    }
}
