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
}
