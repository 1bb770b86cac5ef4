/// What was set up. It shows the first key, which no other page ever does.
enum SetupDoneTemplate {
    static let text = #"""
        {{<layout}}
        {{$main}}
        {{#content}}
        <h1 tabindex="-1" autofocus>Keywright is set up</h1>
        <p><bdi>{{email}}</bdi> now administers <strong><bdi>{{organization}}</bdi></strong> (<code>{{nrn}}</code>).</p>
        {{#key}}
        <section class="once" aria-labelledby="key-heading">
        <h2 id="key-heading">Your first Admin key, <bdi>{{name}}</bdi></h2>
        <p><strong>Save it now.</strong> It is shown this once; nobody can show it again.</p>
        <output class="secret" aria-label="API key">{{value}}</output>
        <p class="hint">Lists show it as <code>{{mask}}</code>.</p>
        </section>
        <section aria-labelledby="try-heading">
        <h2 id="try-heading">Try it in a terminal</h2>
        <p>Read the key into a variable: run this, paste the key and press Enter. It is not echoed.</p>
        <pre><code>{{readCommand}}</code></pre>
        <p>Exchange it for an access token:</p>
        <pre><code>{{exchangeCommand}}</code></pre>
        <p>List the API keys with that token:</p>
        <pre><code>{{listCommand}}</code></pre>
        </section>
        {{/key}}
        {{^key}}
        <p>No API key was created. An administrator with a first key can be added on the server:</p>
        <pre><code>keywright admin create --organization NAME --email EMAIL --password-stdin --with-key NAME</code></pre>
        {{/key}}
        <p class="hint">Everything the API does is described at <a href="/openapi.json">/openapi.json</a>.</p>
        {{/content}}
        {{/main}}
        {{/layout}}

        """#
}
