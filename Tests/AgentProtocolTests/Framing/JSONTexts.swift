/// Texts that every strict reader of RFC 8259 takes, and texts that it must refuse.
enum JSONTexts {
    static let legal: [String] = [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "0.0", "-0.1", "1e5", "1E5", "1e+5", "1e-5",
        "0e0", "1.5e300",
        "123456789012345678901234567890", "1e999", "\"\"", "\"a\"", "[]", "{}", "[ ]", "{ }", "[1]", "[1,2]",
        "[[]]", "[{}]", "{\"a\":1}", "{\"a\":1,\"b\":2}", "{\"\":0}", " \t\r\n1 \t\r\n", "[1 , 2]",
        "{ \"a\" : [ ] }",
        #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9""#, #""\u00E9\uFFFF""#, #""\ud83d\ude00""#,
        #""\uDBFF\uDFFF""#,
        "\"\u{7F}\"", "\"é\"", "\"\u{800}\u{FFFF}\"", "\"😀\u{10FFFF}\"", "\"\u{2028}\u{2029}\"",
        "\"\u{FEFF}\"",
        "\"seven..\"", "\"eight...\"", "\"nine.....\"", "\"sixteen.........\"", "\"aaaaaaaé\"",
        "\"aaaaaaaa\\n\"",
        #"{"a":{"b":{"c":[1,[2,[3]]]}}}"#, #"[null,true,false,0,"",[],{}]"#,
    ]

    static let illegal: [String] = [
        "", " ", "nul", "nulL", "NULL", "True", "truE", "tru", "fals", "falsee", "nulll", "undefined", "NaN",
        "Infinity", "-Infinity",
        "+1", "01", "-01", "00", "1.", ".1", "-", "-.1", "1e", "1e+", "1.e1", "0x10", "1_000", "1 2", "--1",
        "1-", "- 1", "1e1.5",
        "\"", "\"a", "'a'", "\"\\\"", #""\x""#, #""\u""#, #""\u12""#, #""\u12g4""#, #""\U0041""#,
        #""\ud800""#,
        #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\udc00""#, #""\ud800\ud800""#, #""\'""#,
        #""\0""#,
        "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", "\"aaaaaaaa\u{1}\"", "a", "\"a\"b",
        "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1}", "[1;2]", "[]]", "[] []",
        "[\"a\":1]",
        "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{,\"a\":1}",
        "{\"a\" 1}", "{a:1}",
        "{'a':1}", "{1:1}", "{null:1}", "{\"a\":1 \"b\":2}", "{\"a\":1}}", "{\"a\":1]", "{\"a\":}",
        "{\"a\"::1}", "{\"a\",1}",
        "// c\n1", "/* c */1", "1 // c", "[1,/**/2]", "\u{FEFF}1", "\u{A0}1", "1\u{0}", "\u{0}", "\u{B}1",
        "\u{C}1", "\u{2028}1",
    ]

    /// Texts that are not UTF-8 within a string (RFC 3629).
    static let illegalBytes: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80],
        [0xE0, 0x9F, 0xBF],
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF1, 0x80, 0x80], [0xF1, 0x80, 0x80, 0x41],
        [0xF5, 0x80, 0x80, 0x80],
        [0xFE], [0xFF], [0xE9],
    ].map { [UInt8(ascii: "\"")] + $0 + [UInt8(ascii: "\"")] }
}

/// A small seeded generator (SplitMix64), so that a failure can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
