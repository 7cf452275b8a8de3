/// One thing a doctor looked at, how it is, and what to do about it.
struct Finding: Hashable, Sendable {
    let subject: String
    let isFine: Bool
    let detail: String
    let advice: String?

    static func fine(_ subject: String, _ detail: String) -> Finding {
        Finding(subject: subject, isFine: true, detail: detail, advice: nil)
    }

    static func wrong(_ subject: String, _ detail: String, _ advice: String) -> Finding {
        Finding(subject: subject, isFine: false, detail: detail, advice: advice)
    }

    func text(_ style: Style) -> String {
        let mark = isFine ? style.paint("ok   ", .green) : style.paint("WRONG", .red)
        let line = "\(mark)  \(subject.printable): \(detail.printable)"
        return line + (advice.map { "\n       → \($0.printable)" } ?? "")
    }
}
