/// A text field with its label, hint and, when it is wrong, what would be right.
enum FieldTemplate {
    static let text = #"""
        <div class="field">
        <label for="{{name}}">{{label}}</label>
        <p class="hint" id="{{name}}-hint">{{hint}}</p>
        {{#message}}
        <p class="error" id="{{name}}-error"><span class="hidden">Error: </span>{{message}}</p>
        {{/message}}
        <input id="{{name}}" name="{{name}}" type="{{type}}" value="{{value}}" autocomplete="{{autocomplete}}" autocapitalize="{{capitals}}" spellcheck="false" aria-describedby="{{describedBy}}"{{#message}} aria-invalid="true"{{/message}}{{#isRequired}} required{{/isRequired}}{{#minimumLength}} minlength="{{minimumLength}}"{{/minimumLength}}>
        </div>

        """#
}
