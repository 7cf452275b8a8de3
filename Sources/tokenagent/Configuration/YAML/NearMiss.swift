/// Finds what somebody probably meant.
enum NearMiss {
    /// `; did you mean "…"?`, or nothing when no candidate is near enough.
    static func suggestion(for word: String, among candidates: [String]) -> String {
        guard let best = closest(to: word, among: candidates) else { return "" }
        return "; did you mean \"\(best)\"?"
    }

    static func closest(to word: String, among candidates: [String]) -> String? {
        // Hyphens for underscores and capitals are no mistakes of substance.
        let wanted = folded(word)
        let ranked = candidates.map { (candidate: $0, distance: distance(wanted, folded($0))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= min(2, wanted.count / 3) ? best.candidate : nil
    }

    private static func folded(_ word: String) -> [Character] {
        Array(word.lowercased().replacing("-", with: "_"))
    }

    /// Edits between two words, a swap of neighbours counting as one (optimal string alignment).
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for i in one.indices {
            var row = [i + 1]
            for j in other.indices {
                let same = one[i] == other[j]
                var cost = min(last[j] + (same ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[other.count]
    }
}
