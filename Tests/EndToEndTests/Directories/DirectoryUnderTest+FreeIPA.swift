/// What `ipa` does besides.
extension DirectoryUnderTest {
    /// `ipa user-mod --rename`.
    func rename(_ number: Int) throws {
        try change(
            "dn: \(dn(number))\nchangetype: modrdn\nnewrdn: uid=\(login(number))-new\ndeleteoldrdn: 1\n")
    }

    /// `ipa stageuser-add`.
    func stage(_ number: Int) throws {
        let staged = "cn=staged users,cn=accounts,cn=provisioning,\(kind.suffix)"
        try change(entry(number, dn: "uid=\(login(number)),\(staged)"))
    }
}
