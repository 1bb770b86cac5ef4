/// What every page has around its content.
enum LayoutTemplate {
    static let text = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{title}} · Keywright</title>
        <link rel="icon" type="image/svg+xml" href="{{iconPath}}">
        <link rel="stylesheet" href="{{stylesheetPath}}">
        </head>
        <body>
        <header class="brand"><img src="{{iconPath}}" alt="" width="28" height="28"> Keywright</header>
        {{#isReadableOnTheWay}}
        <p class="banner" role="status">This page is not encrypted. Others on the network can read what you type and see here.</p>
        {{/isReadableOnTheWay}}
        <main class="card">
        {{$main}}{{/main}}
        </main>
        </body>
        </html>

        """#
}
