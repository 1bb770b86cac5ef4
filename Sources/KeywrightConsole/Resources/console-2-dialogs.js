// Dialogs and panels. The server sends them open; the address is their state, so closing one is leaving its address.

/** What a form would send, to tell whether anything was typed. */
const written = form => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])).toString();

function focusFirst(dialog) {
  const problem = $("[data-problems]:not([hidden])", dialog) ?? $("[aria-invalid]", dialog);
  (problem ?? $("[data-autofocus]", dialog) ?? $("input:not([type=hidden]), button:not(.vh)", dialog))?.focus();
}

/** Makes an open dialog modal, and lets Escape, the backdrop and its closing controls lead to `data-back`. */
function promote(dialog) {
  dialog.removeAttribute("open");
  dialog.showModal();
  focusFirst(dialog);
  const form = $("form[data-guard]", dialog);
  const before = form && ($("[data-problems]:not([hidden])", form) ? "" : written(form));
  const leave = () => {
    if (form && written(form) !== before) ask(form);
    else location.assign(dialog.dataset.back);
  };
  dialog.addEventListener("cancel", event => {
    if (event.target !== dialog) return;
    event.preventDefault();
    leave();
  });
  // Chromium closes a dialog at repeated Escapes whatever the page says.
  dialog.addEventListener("close", () => { if (dialog.isConnected && !dialog.isDone) dialog.showModal(); });
  if (dialog.dataset.dismiss === "backdrop") {
    dialog.addEventListener("mousedown", event => {
      if (event.target !== dialog) return;
      // The question that may come gets the focus, not what was pressed.
      event.preventDefault();
      leave();
    });
  }
  dialog.addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest("[data-close]")) return;
    event.preventDefault();
    leave();
  });
  $("[data-discard]", dialog)?.addEventListener("click", () => location.assign(dialog.dataset.back));
  $("[data-keep]", dialog)?.addEventListener("click", () => unask(form));
}

/** Escape closes what is on top alone: WebKit lets it reach the dialog as well, beneath the choices that it closes. */
function watchEscape() {
  document.addEventListener("keydown", event => {
    const choices = event.key === "Escape" && !event.defaultPrevented && $("dialog:modal :popover-open");
    if (!choices) return;
    event.preventDefault();
    choices.hidePopover();
  });
}

/** The question whether to lose what was typed takes the place of the footer's buttons. */
function ask(form) {
  const footer = $("footer", form);
  if (!$("[data-ask]", footer).hidden) return unask(form);
  footer.returnTo = document.activeElement;
  for (const part of footer.children) part.hidden = !part.matches("[data-ask], [data-keep], [data-discard]");
  $("[data-keep]", footer).focus();
}

function unask(form) {
  const footer = $("footer", form);
  for (const part of footer.children) part.hidden = part.matches("[data-ask], [data-keep], [data-discard]");
  footer.returnTo?.focus();
}

/** Forms are sent once, say so when it takes a while, and are sent by Ctrl+Enter too. */
function watchForms() {
  document.addEventListener("submit", event => {
    const button = $("[data-submit]", event.target);
    if (!button || event.defaultPrevented) return;
    if (button.ariaBusy) event.preventDefault();
    else setBusy(button, true);
  });
  document.addEventListener("keydown", event => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.("dialog")?.querySelector("form:has([data-submit])");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit($("[data-submit]", form));
  });
  addEventListener("pageshow", () => $$("[data-submit][aria-busy]").forEach(button => setBusy(button, false)));
}

function setBusy(button, isBusy) {
  clearTimeout(button.busyTimer);
  if (isBusy) {
    button.ariaBusy = "true";
    button.busyTimer = setTimeout(() => button.classList.add("busy"), 200);
  } else {
    button.removeAttribute("aria-busy");
    button.classList.remove("busy");
  }
}

/** Links of an error summary lead into the field, not only to it. */
function watchSummaries() {
  document.addEventListener("click", event => {
    const link = event.target.closest?.("[data-problems] a");
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const field = target.matches("input, button, select, textarea") ? target
      : $("input:not([type=hidden]):not(:disabled)", target) ?? target;
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
}
