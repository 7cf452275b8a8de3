import CLDAP
import TokenCore

/// One message from the server, freed when it goes.
struct LDAPReply: ~Copyable {
    enum Kind { case entry, reference, intermediate, result, other }

    private let message: OpaquePointer
    let kind: Kind

    init(_ message: OpaquePointer) {
        self.message = message
        kind =
            switch ber_tag_t(ldap_msgtype(message)) {
            case LDAP_RES_SEARCH_ENTRY: .entry
            case LDAP_RES_SEARCH_REFERENCE: .reference
            case LDAP_RES_INTERMEDIATE: .intermediate
            case LDAP_RES_SEARCH_RESULT, LDAP_RES_BIND, LDAP_RES_EXTENDED: .result
            default: .other
            }
    }

    deinit { ldap_msgfree(message) }

    /// The entry, with the values of `attributes`.
    ///
    /// Once, and after `entryControls`: libldap ends each text by overwriting what follows in the message.
    ///
    /// In one pass over it, where the values are read as they stand: by length, never as C strings.
    /// A name would end at a NUL, and be somebody else's; objectGUID has NULs inside.
    func entry(_ attributes: [String], on connection: LDAPConnection) throws(DirectoryError) -> Entry {
        let handle = try connection.handle()
        var name = berval()
        var rest: OpaquePointer?
        guard ldap_get_dn_ber(handle, message, &rest, &name) == LDAP_SUCCESS else {
            throw .incomplete(server: connection.server, reason: "an entry without a readable name")
        }
        defer { ber_free(rest, 0) }
        let octets = Self.buffer(name)
        guard octets.count <= LabelLimits.dnOctetsMax else {
            throw .incomplete(
                server: connection.server, reason: "an entry whose name has \(octets.count) octets")
        }
        guard !octets.contains(0), let dn = UTF8Text.validated(octets.bindMemory(to: UInt8.self)) else {
            throw .incomplete(server: connection.server, reason: "an entry whose name is not UTF-8 text")
        }
        var entry = Entry(dn: dn)
        entry.reserve(values: 4, octets: 128)
        while true {
            var attribute = berval()
            var values: UnsafeMutablePointer<berval>?
            guard ldap_get_attribute_ber(handle, message, rest, &attribute, &values) == LDAP_SUCCESS else {
                throw .incomplete(server: connection.server, reason: "\(dn) is malformed")
            }
            guard attribute.bv_val != nil else { return entry }
            defer { ber_memfree(values) }
            // 389-ds sends what nobody asked for in changes, passwords among it.
            let told = Self.buffer(attribute)
            guard let known = attributes.first(where: { AttributeName.same($0, told) }) else { continue }
            Self.append(values, to: known, of: &entry)
        }
    }

    private static func append(
        _ values: UnsafeMutablePointer<berval>?, to attribute: String, of entry: inout Entry
    ) {
        var next = values
        while let value = next?.pointee, value.bv_val != nil {
            entry.append(buffer(value), to: attribute)
            next = next?.successor()
        }
    }

    /// The result, with the cookie of a paged one.
    func result(on connection: LDAPConnection, _ deadline: Deadline) throws(DirectoryError) -> LDAPResult {
        let handle = try connection.handle()
        var code: Int32 = 0
        var detail: UnsafeMutablePointer<CChar>?
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        let parsed = ldap_parse_result(handle, message, &code, nil, &detail, nil, &controls, 0)
        guard parsed == LDAP_SUCCESS else { throw connection.failure(parsed, deadline) }
        defer {
            ldap_memfree(detail)
            ldap_controls_free(controls)
        }
        let more = detail.map { String(cString: $0) } ?? ""
        var cookie: [UInt8]?
        var following: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        if let control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, &following) {
            cookie = try Self.cookie(control, handle, connection.server)
            guard ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, following, nil) == nil else {
                throw .incomplete(server: connection.server, reason: "a page came with two cookies")
            }
        }
        return LDAPResult(code: code, detail: more, cookie: cookie, controls: Self.values(controls))
    }

    /// An entry's own controls, by OID.
    func entryControls(on connection: LDAPConnection) throws(DirectoryError) -> [String: [UInt8]] {
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        guard ldap_get_entry_controls(try connection.handle(), message, &controls) == LDAP_SUCCESS else {
            throw .incomplete(server: connection.server, reason: "an entry's controls are malformed")
        }
        defer { ldap_controls_free(controls) }
        return Self.values(controls)
    }

    /// The name and the value of an intermediate response (RFC 4511 4.13).
    func intermediate(on connection: LDAPConnection) throws(DirectoryError) -> (oid: String, value: [UInt8]) {
        var oid: UnsafeMutablePointer<CChar>?
        var value: UnsafeMutablePointer<berval>?
        let handle = try connection.handle()
        guard ldap_parse_intermediate(handle, message, &oid, &value, nil, 0) == LDAP_SUCCESS else {
            throw .incomplete(server: connection.server, reason: "an intermediate response is malformed")
        }
        defer {
            ldap_memfree(oid)
            ber_bvfree(value)
        }
        return (oid.map { String(cString: $0) } ?? "", value.map { Self.octets($0.pointee) } ?? [])
    }

    private static func values(
        _ controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
    ) -> [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        var next = controls
        while let control = next?.pointee {
            values[String(cString: control.pointee.ldctl_oid)] = octets(control.pointee.ldctl_value)
            next = next?.successor()
        }
        return values
    }

    private static func octets(_ value: berval) -> [UInt8] { [UInt8](buffer(value)) }

    private static func buffer(_ value: berval) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: value.bv_val, count: Int(value.bv_len))
    }

    private static func cookie(
        _ control: UnsafeMutablePointer<LDAPControl>, _ handle: OpaquePointer, _ server: String
    ) throws(DirectoryError) -> [UInt8] {
        var estimate: ber_int_t = 0
        var value = berval()
        guard ldap_parse_pageresponse_control(handle, control, &estimate, &value) == LDAP_SUCCESS else {
            throw .incomplete(server: server, reason: "a page's cookie is malformed")
        }
        defer { ber_memfree(value.bv_val) }
        return octets(value)
    }
}

/// How an operation ended (RFC 4511 4.1.9).
struct LDAPResult: Sendable {
    let code: Int32
    let detail: String
    /// Of a page (RFC 2696): empty for the last one, nil if the server did not page.
    let cookie: [UInt8]?
    /// All that came with it, by OID.
    var controls: [String: [UInt8]] = [:]

    var text: String {
        detail.isEmpty ? LDAPConnection.text(code) : "\(LDAPConnection.text(code)): \(detail)"
    }
}
