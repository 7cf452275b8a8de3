import Foundation
import LDAPDirectory
import Logging
import TokenCore

@testable import RealServers

extension ScriptedPeer {
    /// A source over this peer that asks for nothing but the people themselves.
    func source(
        _ url: String? = nil, _ change: (inout LDAPSettings) -> Void = { _ in }
    ) -> LDAPSource {
        var settings = LDAPSettings(
            name: "corp", urls: [url ?? self.url], base: Slapd.people, filter: "(objectClass=person)")
        settings.attributes.id = "entryUUID"
        settings.timing = .init(
            connect: .seconds(60), request: .seconds(60), deadline: .seconds(60), password: .seconds(60))
        settings.allowCleartext = true
        change(&settings)
        return LDAPSource(settings, logger: Logger(label: "test"), now: { testMoment })
    }
}

extension ScriptedPeer.Step {
    static func person(_ number: Int, dn: String? = nil, id: String? = nil) -> Self {
        .entry(
            dn: Array((dn ?? "uid=p\(number),\(Slapd.people)").utf8),
            [("entryUUID", [Array((id ?? Slapd.uuid(number)).utf8)]), ("uid", [Array("p\(number)".utf8)])])
    }

    /// The end of a page, with its cookie.
    static func page(_ cookie: String) -> Self {
        .result(0, controls: [PeerWire.page(Array(cookie.utf8))])
    }

    /// Five pages of two people; `step` replaces what comes with page `number`.
    static func pages(
        of search: ScriptedPeer.Search, _ number: Int, instead steps: [Self]
    ) -> [Self] {
        let page = Int(String(decoding: search.cookie ?? [], as: UTF8.self)) ?? 1
        if page == number { return steps }
        return [.person(page * 2 - 1), .person(page * 2), .page(page == 5 ? "" : "\(page + 1)")]
    }
}
