/// CRC-32 as ISO 3309 has it, bit by bit, and its six base62 digits: what a scanner of another vendor would compute.
enum ReferenceChecksum {
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var register: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            for bit in 0..<8 {
                let isSet = (register ^ UInt32(byte >> bit)) & 1 == 1
                register >>= 1
                if isSet { register ^= 0xEDB8_8320 }
            }
        }
        return ~register
    }

    static func base62(of bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var rest = Int(crc32(bytes))
        var text = ""
        while rest > 0 {
            text = String(digits[rest % 62]) + text
            rest /= 62
        }
        return String(repeating: "0", count: 6 - text.count) + text
    }
}
