import Foundation

/// People from an LDIF file: a directory for a small site, a trial or a test.
package struct LDIFSettings: Hashable, Sendable {
    package var name: String
    package var path: String
    /// nil: the whole file.
    package var base: String?
    package var filter: String
    package var attributes = PersonAttributes()
    package var disabled = DisabledRule.auto
    /// For reading the file.
    package var deadline = Duration.seconds(120)
    /// How many passwords are checked at a time, and how many may wait for that.
    package var passwordsMax = 2
    package var passwordsWaitingMax = 256

    package init(name: String, path: String, base: String? = nil, filter: String) {
        self.name = name
        self.path = path
        self.base = base
        self.filter = filter
    }

    /// `file:///etc/tokenagent/people.ldif`, as configured. nil for any other kind of URL.
    package static func path(ofURL url: String) -> String? {
        guard url.lowercased().hasPrefix("file:///") else { return nil }
        return String(url.dropFirst("file://".count)).removingPercentEncoding
    }
}
