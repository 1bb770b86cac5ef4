/// The style of the pages: no script, no picture but the mark, light and dark.
enum Stylesheet {
    static let text = #"""
        @layer reset, base, components;
        [hidden] { display: none !important; }
        @layer reset {
          *, ::before, ::after { box-sizing: border-box; }
          body, h1, h2, p, ul, pre, fieldset, legend, section { margin: 0; padding: 0; }
          fieldset { border: 0; min-inline-size: 0; }
          button, input { font: inherit; color: inherit; }
        }
        @layer base {
          :root {
            color-scheme: light dark;
            --bg: light-dark(#f9fafc, #0b0e14);
            --surface: light-dark(#ffffff, #14171e);
            --sunken: light-dark(#f1f4f7, #101319);
            --line: light-dark(#dce0e5, #2d323a);
            --control: light-dark(#808791, #6e7581);
            --text: light-dark(#19202a, #e6eaef);
            --muted: light-dark(#4c5460, #a7adb7);
            --accent: light-dark(#265bc5, #7ca7f6);
            --accent-hover: light-dark(#194aac, #97bbfb);
            --on-accent: light-dark(#ffffff, #081123);
            --accent-text: light-dark(#194aac, #9fc1ff);
            --focus: light-dark(#2867e4, #89b1fa);
            --danger: light-dark(#c01e20, #f46f68);
            --danger-soft: light-dark(#fef0ee, #3d1a19);
            --danger-text: light-dark(#a31518, #fda19b);
            --warn-soft: light-dark(#fef3d7, #34260c);
            --warn-text: light-dark(#6c470e, #f2cc7a);
            --warn-line: light-dark(#cf9a35, #a97e2c);
            --mono: "JetBrains Mono", ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
          }
          html { font: 0.875rem/1.45 Inter, system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
          body { background: var(--bg); color: var(--text); padding: 32px 16px 48px; overflow-wrap: anywhere; }
          h1 { font-size: 1.571rem; line-height: 1.28; font-weight: 620; letter-spacing: -0.012em; }
          h2 { font-size: 1.143rem; line-height: 1.5; font-weight: 600; }
          a { color: var(--accent-text); }
          code, pre, output { font-family: var(--mono); font-size: 0.929rem; line-height: 1.55; }
          :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
          h1:focus { outline: none; }
        }
        @layer components {
          .brand, .banner, .card { max-inline-size: 560px; margin-inline: auto; }
          .brand { display: flex; align-items: center; gap: 10px; margin-block-end: 16px; font-weight: 600; font-size: 1rem; }
          .banner { background: var(--warn-soft); color: var(--warn-text); border: 1px solid var(--warn-line); border-radius: 8px; padding: 8px 12px; margin-block-end: 16px; }
          .card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 32px; display: grid; gap: 16px; }
          .card > *, section, form, fieldset, .field { min-inline-size: 0; }
          form, fieldset, section { display: grid; gap: 20px; }
          section { gap: 12px; }
          fieldset { border-block-start: 1px solid var(--line); padding-block-start: 20px; gap: 8px; margin-block-start: 4px; }
          legend { float: inline-start; font-weight: 600; font-size: 1.143rem; line-height: 1.5; }
          legend + * { clear: both; }
          .field { display: grid; gap: 4px; }
          fieldset .field { margin-block-start: 12px; }
          label { font-weight: 550; }
          .hint { color: var(--muted); }
          .error { color: var(--danger-text); font-weight: 550; }
          .hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
          .field input { inline-size: 100%; block-size: 36px; margin-block-start: 4px; padding: 0 12px; background: var(--surface); border: 1px solid var(--control); border-radius: 8px; }
          .field input[aria-invalid] { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger); }
          .check { display: flex; gap: 10px; align-items: center; min-block-size: 36px; }
          .check input { inline-size: 18px; block-size: 18px; margin: 0; accent-color: var(--accent); }
          .check + .hint { margin-block-start: -8px; }
          fieldset:has(#with_key:not(:checked)) .field { display: none; }
          button { justify-self: start; min-block-size: 36px; padding: 0 16px; border: 1px solid transparent; border-radius: 8px; background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
          button:hover { background: var(--accent-hover); }
          .summary { display: grid; gap: 8px; background: var(--danger-soft); border: 1px solid var(--danger); border-radius: 8px; padding: 12px 16px; }
          .summary ul { padding-inline-start: 20px; display: grid; gap: 4px; }
          .summary a { color: var(--danger-text); font-weight: 550; }
          pre { white-space: pre-wrap; background: var(--sunken); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; }
          pre code, .secret { user-select: all; }
          .once { background: var(--warn-soft); border: 1px solid var(--warn-line); border-radius: 8px; padding: 16px; }
          .once .hint { color: inherit; }
          .secret { display: block; background: var(--surface); border: 1px solid var(--control); border-radius: 8px; padding: 10px 12px; }
          @media (max-width: 760px), (pointer: coarse) {
            .field input { block-size: 44px; font-size: 1rem; }
            .check, button { min-block-size: 44px; }
            button { inline-size: 100%; }
          }
          @media (max-width: 480px) {
            body { padding-block: 16px 32px; }
            .card { padding: 20px 16px; }
          }
          @media (prefers-contrast: more) { .card, pre { border-color: var(--control); } }
          @media (forced-colors: active) { button { border-color: ButtonText; } .field input[aria-invalid] { border-width: 2px; } }
          @media print { .secret { display: none; } }
        }

        """#
}
