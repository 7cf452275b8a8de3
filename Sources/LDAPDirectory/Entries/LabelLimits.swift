/// How long what a directory says of somebody may be. Some of it people write themselves, all of it is kept
/// in memory, and each answer about a token tells it.
enum LabelLimits {
    /// Of a login or an e-mail address, of which none is longer: 64, an @ and 255 (RFC 5321 4.5.3.1).
    static let labelOctetsMax = 320
    static let displayNameOctetsMax = 1024
    /// Of a stable id that an administrator chose; the others have a length of their own.
    static let idOctetsMax = 1024
    static let dnOctetsMax = 16384
}
