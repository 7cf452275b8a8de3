import AgentProtocol
import Glibc
import Testing

extension EndToEnd {
    /// What lies on the disk, and who may read it.
    @Suite struct FilesTests {
        /// A umask that would let everybody read, as a careless shell has it.
        @Test func `the database and what lies beside it are its owner's alone, running and stopped`() throws
        {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.umask = 0
            try daemon.start()
            let made = try daemon.create(.service("s"), ["retrievable": true])
            let names = { FileFacts.beside(daemon.database).map { $0.dropFirst(daemon.database.count) } }
            #expect(Set(names()).isSuperset(of: ["", "-wal", "-shm", ".lock"]), "\(names())")
            for file in FileFacts.beside(daemon.database) {
                // A note that is being written has another name for a moment.
                guard let facts = try FileFacts.ifThere(file) else { continue }
                #expect(facts.mode == 0o600, "\(file)")
            }
            #expect(try FileFacts(daemon.folder.file("seal.key")).mode == 0o400)
            #expect(try daemon.terminate() == 0)
            // All that the log held is in the database, which can be copied alone.
            #expect(names() == ["", "-shm", "-wal", ".head", ".lock"])
            #expect(try FileFacts(daemon.database + "-wal").bytes == 0)
            for file in FileFacts.beside(daemon.database) {
                #expect(try FileFacts(file).mode == 0o600, "\(file)")
            }
            try daemon.start()
            #expect(try daemon.verdict(made) == "active")
        }
    }
}
