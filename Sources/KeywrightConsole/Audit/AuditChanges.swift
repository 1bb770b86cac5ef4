import KeywrightDomain
import KeywrightOperations

/// One field before and after an event.
struct AuditChange: Encodable {
    let changeField: String
    let changeBefore: [String]
    let changeAfter: [String]
    /// "12 unchanged": of a list, what is in both is counted only.
    let changeSame: String?
}

/// What an event changed, field by field, in words.
struct AuditChanges {
    let all: [AuditChange]

    /// The most places whose names are looked up.
    private static let namedPlaces = 40

    init(_ entry: AuditEntry, _ names: AuditNames, _ resources: ResourceNames, _ catalogue: RoleCatalogue) {
        var all: [AuditChange] = []
        let words = Words(names: names, resources: resources, catalogue: catalogue)
        func add(_ name: String, _ before: AuditEvent.Snapshot?, _ after: AuditEvent.Snapshot?) {
            guard before != after else { return }
            let (old, new) = (words.lines(name, before), words.lines(name, after))
            // Names compare as bytes: what only looks the same is different.
            let same = Set(old.map { Array($0.utf8) }).intersection(new.map { Array($0.utf8) })
            let isList = old.count > 1 || new.count > 1
            let (gone, come) =
                isList
                ? (old.filter { !same.contains(Array($0.utf8)) }, new.filter { !same.contains(Array($0.utf8)) })
                : (old, new)
            if gone.isEmpty && come.isEmpty { return }
            all.append(
                AuditChange(
                    changeField: Words.label(name), changeBefore: gone, changeAfter: come,
                    changeSame: isList && !same.isEmpty ? "\(same.count.grouped) unchanged" : nil
                )
            )
        }
        let (before, after) = (entry.before, entry.after)
        if before?.isList == true || after?.isList == true {
            add("grants", before, after)
        } else {
            let fields = (before?.memberNames ?? []) + (after?.memberNames ?? [])
            for (index, name) in fields.enumerated() where fields.firstIndex(of: name) == index {
                add(name, before?[name], after?[name])
            }
        }
        self.all = all
    }

    /// The resources that an event's grants name.
    static func places(_ entry: AuditEntry) -> [NRN] {
        var places: Set<NRN> = []
        for state in [entry.before, entry.after].compactMap(\.self) {
            guard case .list(let grants) = state.isList ? state : state["grants"] ?? .list([]) else { continue }
            for grant in grants {
                if let text = grant["nrn"]?.plainText, let nrn = try? NRN(parsing: text) { places.insert(nrn) }
            }
        }
        return Array(places.prefix(namedPlaces))
    }
}

extension AuditChanges {
    /// How values of a state are said.
    fileprivate struct Words {
        let names: AuditNames
        let resources: ResourceNames
        let catalogue: RoleCatalogue

        private static let labels = [
            "nrn": "NRN", "grants": "Grants", "expires_at": "Expires", "level": "Can be given on", "user_type": "For",
            "actions": "Permissions", "inherits": "Includes", "can_assign_roles": "May give", "user_id": "Person",
            "created_at": "Began", "user_agent": "Browser",
        ]

        /// What a field is called.
        static func label(_ name: String) -> String {
            if let label = labels[name] { return label }
            let words = name.split(separator: "_").joined(separator: " ")
            return words.prefix(1).uppercased() + words.dropFirst()
        }

        /// A value, a line for each of its items; none for what is absent.
        func lines(_ name: String, _ value: AuditEvent.Snapshot?) -> [String] {
            switch value {
            case nil, AuditEvent.Snapshot.none?: []
            case .list(let items)?: items.flatMap { lines(name, $0) }
            case .members?: [grant(value)]
            case .flag(let flag)?: [flag ? "Yes" : "No"]
            case .number(let number)?: [self.number(name, number)]
            case .text(let text)?: text.isEmpty ? [] : [self.text(name, text)]
            }
        }

        private func number(_ name: String, _ number: Int64) -> String {
            if name.hasSuffix("_at") || name == "signs_from" {
                return "\(CivilTime(Instant(milliseconds: number)).exact) UTC"
            }
            if name == "user_id" { return names.users[User.ID(number)]?.text ?? "\(number)" }
            return "\(number)"
        }

        private func text(_ name: String, _ text: String) -> String {
            switch name {
            case "inherits", "can_assign_roles":
                if text == "all" { return "Every role" }
                return Role.ID(parsing: text).flatMap { catalogue[$0]?.name } ?? text
            case "user_type": return text == User.Kind.machine.rawValue ? "Keys" : "People"
            default: return text
            }
        }

        /// As in "Developer on Payments".
        private func grant(_ value: AuditEvent.Snapshot?) -> String {
            let slug = value?["role_slug"]?.plainText ?? ""
            let nrn = value?["nrn"]?.plainText ?? ""
            let place = (try? NRN(parsing: nrn)).flatMap { resources[$0]?.name } ?? nrn
            func list(_ name: String, _ word: String) -> String? {
                let items = lines(name, value?[name])
                return items.isEmpty ? nil : "\(word)\(items.listed)"
            }
            let own = [
                list("actions", ""), list("inherits", "all of "), list("added", "with "), list("removed", "without "),
            ]
            .compactMap(\.self).joined(separator: ", ")
            return "\(own.isEmpty ? catalogue.role(slug: slug)?.name ?? slug : own) on \(place)"
        }
    }
}

extension AuditEvent.Snapshot {
    fileprivate var isList: Bool {
        if case .list = self { return true }
        return false
    }
}
