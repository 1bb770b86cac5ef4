/// What went wrong.
enum ErrorTemplate {
    static let text = #"""
        {{<layout}}
        {{$main}}
        {{#content}}
        <h1>{{heading}}</h1>
        {{#paragraphs}}
        <p>{{.}}</p>
        {{/paragraphs}}
        {{#requestID}}
        <p class="hint">Request <code>{{requestID}}</code></p>
        {{/requestID}}
        {{/content}}
        {{/main}}
        {{/layout}}

        """#
}
