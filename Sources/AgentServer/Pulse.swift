import AgentCore
import NIOCore
import NIOPosix

/// Whether the daemon does what it is for: a verify where verifies are done, and a write to the disk.
package struct Pulse: Sendable {
    let loops: MultiThreadedEventLoopGroup
    let agent: Agent

    /// Returns when every event loop has verified a token, and the time has been put on record, durably.
    /// What hangs is waited for: by when it has to return is for the caller to say.
    package func beat() async throws {
        for loop in loops.makeIterator() {
            try await loop.submit { [agent] in try agent.proveVerifying() }.get()
        }
        try await agent.proveWriting()
    }
}
