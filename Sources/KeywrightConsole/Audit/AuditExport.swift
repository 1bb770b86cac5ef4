import KeywrightDomain

/// The trail as comma-separated values (RFC 4180), safe to open in a spreadsheet.
enum AuditExport {
    /// The names of the columns.
    static let head =
        "id,time,outcome,actor_type,actor_id,actor,credential,address,action,target_type,target_id,target,request_id,"
        + "before,after\r\n"

    static func line(_ entry: AuditEntry) -> String {
        let event = entry.event
        let cells = [
            entry.sealed.id.description, CivilTime(event.at).rfc3339, event.outcome.rawValue, event.actorType,
            event.userID?.description ?? "", entry.actor, event.credential ?? "", event.address ?? "", event.action,
            event.target.type, event.target.isUnmade ? "" : event.target.id, entry.target, event.requestID ?? "",
            entry.sealed.beforeText ?? "", entry.sealed.afterText ?? "",
        ]
        return cells.map(cell).joined(separator: ",") + "\r\n"
    }

    /// A cell: in quotation marks where it must be, and never a formula: whatever a spreadsheet would take for one gets an
    /// apostrophe before it.
    static func cell(_ text: String) -> String {
        let first = text.unicodeScalars.first { !$0.properties.isWhitespace || "\t\r\n".unicodeScalars.contains($0) }
        let isFormula = first.map { "=+-@\t\r\n＝＋－＠".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'\(text)" : text
        let isPlain = safe.utf8.allSatisfy { !",\"\r\n".utf8.contains($0) }
        if isPlain, safe.utf8.first != 0x20, safe.utf8.last != 0x20 { return safe }
        return "\"\(safe.replacing("\"", with: "\"\""))\""
    }
}
