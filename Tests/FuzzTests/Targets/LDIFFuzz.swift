@testable import LDAPDirectory

/// A file of people: all of it, or a reason with its line.
enum LDIFFuzz {
    static func run(_ input: [UInt8]) {
        let lines = input.count { $0 == UInt8(ascii: "\n") } + 1
        do throws(LDIFParser.Failure) {
            let entries = try LDIFParser.parse(input)
            demand(entries.count <= lines, "more entries than lines")
            for entry in entries { demand(DistinguishedName(entry.dn) != nil, "an entry without a name") }
        } catch {
            demand((0...lines).contains(error.line), "line \(error.line) of \(lines)")
            demand(!error.reason.isEmpty, "a refusal without a reason")
        }
    }
}
