import Foundation

/// Reads an LDIF file of entries (RFC 2849), all of it or not at all.
struct LDIFParser {
    struct Failure: Error {
        let line: Int
        let reason: String
    }

    private struct Line {
        var number: Int
        var octets: [UInt8]
    }

    static func parse(_ octets: [UInt8]) throws(Failure) -> [Entry] {
        var parser = LDIFParser()
        for line in try unfolded(octets) { try parser.take(line) }
        try parser.finishEntry()
        return parser.entries
    }

    private var entries: [Entry] = []
    private var names: Set<DistinguishedName> = []
    private var current: Entry?
    private var currentLine = 0
    private var sawVersion = false

    /// Logical lines, comments left out. Each must be ended, or the file may have been cut off.
    private static func unfolded(_ octets: [UInt8]) throws(Failure) -> [Line] {
        var lines: [Line] = []
        var number = 0
        for raw in octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let line = raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw
            guard line.first == UInt8(ascii: " ") else {
                lines.append(Line(number: number, octets: Array(line)))
                continue
            }
            guard let last = lines.indices.last, !lines[last].octets.isEmpty else {
                throw Failure(line: number, reason: "nothing is before this line that it could go on with")
            }
            lines[last].octets += line.dropFirst()
        }
        if let last = lines.popLast(), !last.octets.isEmpty {
            throw Failure(line: last.number, reason: "the file ends in the middle of a line")
        }
        return lines.filter { $0.octets.first != UInt8(ascii: "#") }
    }

    private mutating func take(_ line: Line) throws(Failure) {
        guard !line.octets.isEmpty else { return try finishEntry() }
        let (name, value) = try Self.pair(line)
        switch name.lowercased() {
        case "version" where current == nil && entries.isEmpty && !sawVersion:
            guard value == Array("1".utf8) else {
                throw Failure(line: line.number, reason: "version 1 is wanted")
            }
            sawVersion = true
        case "dn":
            guard current == nil else {
                throw Failure(line: line.number, reason: "an empty line is missing before dn")
            }
            try begin(value, line.number)
        case "changetype", "control":
            throw Failure(line: line.number, reason: "this is a record of changes, not of entries")
        default:
            guard current != nil else { throw Failure(line: line.number, reason: "an entry begins with dn") }
            current?.append(value, to: name)
        }
    }

    private mutating func begin(_ value: [UInt8], _ line: Int) throws(Failure) {
        guard value.count <= LabelLimits.dnOctetsMax else {
            throw Failure(line: line, reason: "this name has \(value.count) octets")
        }
        guard let dn = String(validating: value, as: UTF8.self), let name = DistinguishedName(dn) else {
            throw Failure(line: line, reason: "this is not a distinguished name")
        }
        guard names.insert(name).inserted else { throw Failure(line: line, reason: "\(dn) is there already") }
        current = Entry(dn: dn)
        currentLine = line
    }

    private mutating func finishEntry() throws(Failure) {
        guard let entry = current else { return }
        guard !entry.isEmpty else {
            throw Failure(line: currentLine, reason: "\(entry.dn) has no attributes")
        }
        entries.append(entry)
        current = nil
    }

    /// `name: value`, `name:: base64`. `name:< url` is refused: a directory is one file.
    private static func pair(_ line: Line) throws(Failure) -> (name: String, value: [UInt8]) {
        guard let colon = line.octets.firstIndex(of: UInt8(ascii: ":")) else {
            throw Failure(line: line.number, reason: "a colon is missing")
        }
        let name = String(decoding: line.octets[..<colon], as: UTF8.self)
        guard !name.isEmpty, name.utf8.allSatisfy(isDescription) else {
            throw Failure(line: line.number, reason: "this is not an attribute's name")
        }
        var rest = line.octets[(colon + 1)...]
        let mark = rest.first
        if mark == UInt8(ascii: "<") {
            throw Failure(line: line.number, reason: "values from URLs are not read")
        }
        if mark == UInt8(ascii: ":") { rest = rest.dropFirst() }
        let value = Array(rest.drop { $0 == UInt8(ascii: " ") })
        guard mark == UInt8(ascii: ":") else {
            guard !value.contains(0) else {
                throw Failure(line: line.number, reason: "a NUL must be in base64")
            }
            return (name, value)
        }
        guard let decoded = Data(base64Encoded: Data(value)) else {
            throw Failure(line: line.number, reason: "this is not base64")
        }
        return (name, Array(decoded))
    }

    private static func isDescription(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ";"):
            true
        default: false
        }
    }
}
