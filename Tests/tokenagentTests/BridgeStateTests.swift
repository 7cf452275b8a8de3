import HTTPBridge
import Testing

@testable import tokenagent

@Suite struct BridgeStateTests {
    private let database = "/var/lib/tokenagent/tokenagent.sqlite"

    /// Under its unit the database's folder is closed to it, and to read what was set would fail.
    @Test func `apart it keeps what is set in the folder that systemd made for it, if it did`() {
        for made in ["/var/lib/tokenagent-bridge", "/var/lib/tokenagent-bridge:/var/lib/more"] {
            let folder = BridgeCommand.stateFolder(["STATE_DIRECTORY": made], database: database)
            #expect(folder == "/var/lib/tokenagent-bridge")
        }
        for environment in [[:], ["STATE_DIRECTORY": ""]] {
            #expect(BridgeCommand.stateFolder(environment, database: database) == "/var/lib/tokenagent")
        }
    }

    @Test func `what the configuration says comes first`() {
        var http = HTTPConfiguration()
        #expect(http.settings(folder: "/a").iqStatePath == "/a/http.json")
        http.stateFile = "/b/c.json"
        #expect(http.settings(folder: "/a").iqStatePath == "/b/c.json")
    }
}
