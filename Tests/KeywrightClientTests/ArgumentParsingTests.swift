import ArgumentParser
import KeywrightWire
import Testing

@testable import keywright

/// Values on the command line.
@Suite struct ArgumentParsingTests {
    @Test(
        "a grant splits at the last equals sign",
        arguments: [
            ("organization=1=admin", "organization=1", "admin"),
            ("organization=1:account=2=machine:ci", "organization=1:account=2", "machine:ci"),
            ("organization=1=apikey:5:1", "organization=1", "apikey:5:1"),
        ])
    func grant(text: String, nrn: String, role: String) throws {
        #expect(try GrantArgument.parse(text) == GrantArgument(nrn: nrn, role: role))
    }

    @Test(
        "what is no grant is refused",
        arguments: ["", "=", "admin", "organization=1", "organization=1=", "=admin", "organization=1:account=2="])
    func noGrant(text: String) {
        #expect(throws: ValidationError.self) { try GrantArgument.parse(text) }
    }

    @Test("actions split at commas")
    func actions() throws {
        #expect(
            try ActionGrantArgument.parse("organization=1:account=2=api_key:read,log:read")
                == ActionGrantArgument(nrn: "organization=1:account=2", actions: ["api_key:read", "log:read"])
        )
        for text in ["organization=1=admin", "organization=1=a:b,", "organization=1=,a:b", "a:b", "organization=1="] {
            #expect(throws: ValidationError.self, "\(text)") { try ActionGrantArgument.parse(text) }
        }
    }

    @Test(
        "roles with changes split at commas: plus adds, minus removes, also where slugs hold a dash",
        arguments: [
            ("organization=1=developer", ["developer"], [], []),
            (
                "organization=1=developer,insights-viewer,+api_key:read,-log:read", ["developer", "insights-viewer"],
                ["api_key:read"], ["log:read"]
            ),
            ("organization=1=-a:b,machine:ci,-c:d", ["machine:ci"], [], ["a:b", "c:d"]),
        ] as [(String, [String], [String], [String])])
    func inheriting(_ text: String, _ roles: [String], _ added: [String], _ removed: [String]) throws {
        let argument = try InheritingGrantArgument.parse(text)
        #expect(
            argument
                == InheritingGrantArgument(nrn: "organization=1", roles: roles, added: added, removed: removed)
        )
        #expect(argument.request == GrantRequest(nrn: "organization=1", .inherits(roles, add: added, remove: removed)))
    }

    @Test(
        "what inherits nothing is refused",
        arguments: [
            "", "developer", "organization=1", "organization=1=", "organization=1=+a:b", "organization=1=-a:b",
            "organization=1=developer,", "organization=1=,developer", "organization=1=developer,+ab",
            "organization=1=developer,-", "organization=1=developer,,+a:b",
        ])
    func noInheriting(text: String) {
        #expect(throws: ValidationError.self) { try InheritingGrantArgument.parse(text) }
    }

    @Test(
        "a tag splits at the first colon, also before a combining mark",
        arguments: [("a:b", "a", "b"), ("a:b:c", "a", "b:c"), ("a: ", "a", " "), ("a:\u{301}x", "a", "\u{301}x")])
    func tag(text: String, key: String, value: String) throws {
        let tag = try TagArgument.parse(text)
        #expect(tag.key == key)
        #expect(Array(tag.value.utf8) == Array(value.utf8))
    }

    @Test("what is no tag is refused", arguments: ["", ":", "a", "a:", ":b"])
    func noTag(text: String) {
        #expect(throws: ValidationError.self) { try TagArgument.parse(text) }
    }

    @Test("ids are written as servers write them")
    func ids() throws {
        #expect(try IDArgument.parse("17") == 17)
        #expect(try IDArgument.parse("9223372036854775807") == .max)
        for text in ["", "0", "007", "+5", "-5", "1.0", "1e3", " 1", "１", "9223372036854775808", "x"] {
            #expect(throws: ValidationError.self, "\(text)") { try IDArgument.parse(text) }
        }
    }

    @Test(
        "lengths of time have a unit",
        arguments: [
            ("1s", 1_000), ("30m", 1_800_000), ("12h", 43_200_000), ("90d", 7_776_000_000), ("2w", 1_209_600_000),
        ])
    func durations(text: String, milliseconds: Int64) {
        #expect(DurationArgument.milliseconds(text) == milliseconds)
    }

    @Test(
        "what is no length of time is refused",
        arguments: [
            "", "d", "0d", "-1d", "+1d", "1", "1y", "1D", "1.5d", "90 d", "366001d", "99999999999999999999d", "٣d",
        ])
    func noDuration(text: String) {
        #expect(DurationArgument.milliseconds(text) == nil)
    }

    @Test("an expiry is relative, absolute or never")
    func expiry() throws {
        #expect(try ExpiryArgument.parse("90d").moment(from: 1_000) == 7_776_001_000)
        #expect(try ExpiryArgument.parse("2030-01-31T00:00:00Z").moment(from: 1_000) == 1_896_048_000_000)
        #expect(try ExpiryArgument.parse("never").moment(from: 1_000) == nil)
        #expect(ExpiryArgument.after(10).moment(from: WireTime.range.upperBound) == WireTime.range.upperBound)
        for text in ["", "Never", "tomorrow", "2030-02-30T00:00:00Z"] {
            #expect(throws: ValidationError.self, "\(text)") { try ExpiryArgument.parse(text) }
        }
    }

    @Test("a moment lies so far back, or at a time")
    func moment() throws {
        #expect(try MomentArgument.parse("1h").moment(from: 3_600_001) == 1)
        #expect(try MomentArgument.parse("1970-01-01T00:00:01Z").moment(from: 0) == 1_000)
        #expect(MomentArgument.ago(10).moment(from: WireTime.range.lowerBound) == WireTime.range.lowerBound)
        #expect(throws: ValidationError.self) { try MomentArgument.parse("yesterday") }
    }

    @Test("filters by use count in days")
    func days() throws {
        #expect(try DaysArgument.parse("30d") == "30d")
        #expect(try DaysArgument.parseOrNever("never") == "never")
        #expect(throws: ValidationError.self) { try DaysArgument.parse("never") }
        #expect(throws: ValidationError.self) { try DaysArgument.parse("12h") }
    }

    @Test(
        "a sort without direction has the usual one",
        arguments: [
            ("name", "name:asc"), ("created_at", "created_at:desc"), ("last_used_at", "last_used_at:desc"),
            ("name:desc", "name:desc"),
        ])
    func sort(text: String, expected: String) throws {
        #expect(try SortArgument.parse(text) == expected)
    }

    @Test("what cannot be sorted by is refused", arguments: ["", ":", "id", "name:up", "name:asc:x"])
    func noSort(text: String) {
        #expect(throws: ValidationError.self) { try SortArgument.parse(text) }
    }
}
