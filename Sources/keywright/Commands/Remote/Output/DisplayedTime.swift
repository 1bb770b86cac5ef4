/// Times of the wire as people read them.
enum DisplayedTime {
    /// Without the milliseconds, which are for programs; `word` when there is no time.
    static func text(_ time: String?, without word: String) -> String {
        guard let time else { return word }
        guard time.hasSuffix("Z"), let point = time.lastIndex(of: ".") else { return time }
        return time[..<point] + "Z"
    }
}
