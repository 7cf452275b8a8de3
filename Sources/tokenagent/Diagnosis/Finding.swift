/// One thing a doctor looked at, how it is, and what to do about it.
struct Finding: Hashable, Encodable, Sendable {
    enum Grade: String, Encodable, Sendable {
        case fine
        /// Right if it is meant so.
        case doubtful
        case wrong
    }

    let subject: String
    let grade: Grade
    let detail: String
    let advice: String?

    static func fine(_ subject: String, _ detail: String) -> Finding {
        Finding(subject: subject, grade: .fine, detail: detail, advice: nil)
    }

    static func wrong(_ subject: String, _ detail: String, _ advice: String) -> Finding {
        Finding(subject: subject, grade: .wrong, detail: detail, advice: advice)
    }

    static func doubtful(_ subject: String, _ detail: String, _ advice: String) -> Finding {
        Finding(subject: subject, grade: .doubtful, detail: detail, advice: advice)
    }

    /// Nothing that has to be mended.
    var isFine: Bool { grade != .wrong }

    func text(_ style: Style) -> String {
        let mark =
            switch grade {
            case .fine: style.paint("ok   ", .green)
            case .doubtful: style.paint("NOTE ", .yellow)
            case .wrong: style.paint("WRONG", .red)
            }
        let line = "\(mark)  \(subject.printable): \(detail.printable)"
        return line + (advice.map { "\n       → \($0.printable)" } ?? "")
    }
}
