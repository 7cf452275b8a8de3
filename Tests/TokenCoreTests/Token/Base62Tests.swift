import Testing

@testable import TokenCore

struct Base62Tests {
    @Test func digitsAreNumbersThenUpperThenLowerCase() {
        #expect(Base62.encode(0, width: 1) == Array("0".utf8))
        #expect(Base62.encode(10, width: 1) == Array("A".utf8))
        #expect(Base62.encode(61, width: 1) == Array("z".utf8))
        #expect(Base62.encode(62, width: 4) == Array("0010".utf8))
    }

    @Test func theLargestChecksumFitsInSixDigits() {
        #expect(Base62.encode(UInt64(UInt32.max), width: 6) == Array("4gfFC3".utf8))
        #expect(Base62.decode(Array("4gfFC3".utf8)) == UInt64(UInt32.max))
    }

    @Test func whatIsEncodedIsDecoded() {
        var generator = SeededGenerator(seed: 62)
        for _ in 0..<1000 {
            let value = UInt64.random(in: 0..<UserCode.count, using: &generator)
            #expect(Base62.decode(Base62.encode(value, width: 8)) == value)
        }
    }

    @Test func everyOtherCharacterIsNoDigit() {
        let digits = Set(Base62.alphabet)
        for byte in UInt8.min...UInt8.max {
            #expect((Base62.decode([byte]) != nil) == digits.contains(byte))
        }
    }

    /// Eight at a time, and whatever is left.
    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 38])
    func oneThatIsNoDigitIsFoundWhereverItStands(count: Int) {
        let digits = Set(Base62.alphabet)
        var text = (0..<count).map { Base62.alphabet[$0 * 7 % 62] }
        #expect(text.withUnsafeBytes(Base62.isSpelled))
        for position in text.indices {
            let digit = text[position]
            for byte in UInt8.min...UInt8.max {
                text[position] = byte
                #expect(text.withUnsafeBytes(Base62.isSpelled) == digits.contains(byte))
            }
            text[position] = digit
        }
    }
}

struct CRC32Tests {
    /// The check value of CRC-32/ISO-HDLC (https://reveng.sourceforge.io/crc-catalogue/17plus.htm).
    @Test func theCatalogueValueIsReached() {
        var crc = CRC32()
        crc.update(Array("123456789".utf8))
        #expect(crc.value == 0xCBF4_3926)
    }

    @Test func itMayBeFedInPieces() {
        var crc = CRC32()
        #expect(crc.value == 0)
        crc.update(Array("1234".utf8))
        crc.update([])
        crc.update(Array("56789".utf8))
        #expect(crc.value == 0xCBF4_3926)
    }

    /// Eight bytes a step, and the rest one by one: every length agrees with the polynomial itself.
    @Test func everyLengthAgreesWithTheDefinition() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
        for length in bytes.indices {
            var crc = CRC32()
            crc.update(bytes.prefix(length))
            var state: UInt32 = 0xFFFF_FFFF
            for byte in bytes.prefix(length) {
                state ^= UInt32(byte)
                for _ in 0..<8 { state = state & 1 == 1 ? 0xEDB8_8320 ^ (state >> 1) : state >> 1 }
            }
            #expect(crc.value == ~state, "\(length) bytes")
        }
    }
}

extension CRC32 {
    mutating func update(_ bytes: some Sequence<UInt8>) { Array(bytes).withUnsafeBytes { update($0) } }
}
