/// Values inside a distinguished name (RFC 4514 section 2.4).
package enum DNEscaping {
    package static func value(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var escaped = ""
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\"", "+", ",", ";", "<", ">", "\\", "=": escaped += "\\\(scalar)"
            case "\0": escaped += "\\00"
            case "#" where index == 0: escaped += "\\#"
            case " " where index == 0 || index == scalars.count - 1: escaped += "\\ "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
