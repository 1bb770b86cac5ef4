/// The form by which the first administrator comes about.
enum SetupFormTemplate {
    static let text = #"""
        {{<layout}}
        {{$main}}
        {{#content}}
        <h1>Set up Keywright</h1>
        <p>Nobody administers this installation yet. Name your organization and choose how you will sign in: you become its administrator.</p>
        {{#hasProblems}}
        <div class="summary" role="alert" aria-labelledby="summary-heading" tabindex="-1" autofocus>
        <h2 id="summary-heading">There is a problem</h2>
        <ul>
        {{#problems}}
        <li><a href="#{{target}}">{{sentence}}</a></li>
        {{/problems}}
        </ul>
        {{#lostPassword}}
        <p>Type the password again: it was not kept.</p>
        {{/lostPassword}}
        </div>
        {{/hasProblems}}
        <form method="post" action="/setup">
        <input type="hidden" name="token" value="{{token}}">
        {{#fields}}
        {{>field}}
        {{/fields}}
        <fieldset>
        <legend>First API key</legend>
        <div class="check">
        <input type="checkbox" id="with_key" name="with_key" value="yes" aria-describedby="with_key-hint"{{#wantsKey}} checked{{/wantsKey}}>
        <label for="with_key">Create a first Admin key</label>
        </div>
        <p class="hint" id="with_key-hint">It may do everything in your organization and is shown once, on the next page.</p>
        {{#keyField}}
        {{>field}}
        {{/keyField}}
        </fieldset>
        <button type="submit">Set up Keywright</button>
        </form>
        {{/content}}
        {{/main}}
        {{/layout}}

        """#
}
