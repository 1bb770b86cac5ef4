// Copying, and the dialog that shows a new key once.

/** Puts text on the clipboard: "copied", or "selected" when only the person can. */
async function copy(text, output) {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch { /* No secure context, or denied. */ }
  const area = make("textarea", { value: text, className: "vh" });
  // Inside the dialog: all outside of it is inert.
  (output.closest("dialog") ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (isCopied) return "copied";
  getSelection().selectAllChildren(output);
  return "selected";
}

/** Says on a button, for three seconds, that something was copied. */
function showCopied(button) {
  const label = $("span", button);
  button.before_ ??= { picture: $("svg", button), text: label?.textContent };
  clearTimeout(button.copiedTimer);
  $("svg", button).replaceWith(icon("check"));
  button.classList.add("copied");
  if (label) label.textContent = "Copied";
  button.copiedTimer = setTimeout(() => {
    $("svg", button).replaceWith(button.before_.picture);
    button.classList.remove("copied");
    if (label) label.textContent = button.before_.text;
  }, 3000);
}

function startCopying() {
  document.addEventListener("click", async event => {
    const button = event.target.closest?.("[data-copy], [data-copy-snippet]");
    if (!button) return;
    const source = $("code, output, pre, input", button.parentElement);
    const outcome = await copy(source.value || source.textContent, source);
    button.focus();
    if (outcome !== "copied") return;
    showCopied(button);
    if (!button.closest("dialog:modal")) toast("Copied");
  });
}

/** Keeps the dialog open until the key was copied or the person says that it need not be. */
function keepOnce(dialog) {
  const output = $("[data-secret]", dialog);
  const button = $("[data-copy-secret]", dialog);
  const status = $("[data-copy-status]", dialog);
  const footer = $("footer", dialog);
  const hidden = "[data-ask], [data-leave], [data-copy-leave]";
  let isCopied = false;
  let isDone = false;

  const copyKey = async () => {
    const outcome = await copy(output.textContent, output);
    button.focus();
    status.textContent = outcome === "copied" ? dialog.dataset.copied : "Press Ctrl+C to copy";
    if (outcome !== "copied") return false;
    showCopied(button);
    isCopied = true;
    return true;
  };
  const leave = () => {
    isDone = true;
    output.textContent = "";
    dialog.close();
    location.replace(dialog.dataset.back);
  };
  const wonder = isAsking => {
    for (const part of footer.children) part.hidden = part.matches(hidden) !== isAsking;
    if (isAsking) $("[data-copy-leave]", dialog).focus(), footer.scrollIntoView(false);
  };
  const finish = () => isCopied ? leave() : wonder(true);

  button.focus();
  button.addEventListener("click", async () => { if (await copyKey()) wonder(false), button.focus(); });
  output.addEventListener("copy", () => { isCopied = true; });
  $("[data-done]", dialog).addEventListener("click", event => {
    event.preventDefault();
    finish();
  });
  $("[data-leave]", dialog).addEventListener("click", leave);
  $("[data-copy-leave]", dialog).addEventListener("click", async () => { if (await copyKey()) leave(); });
  // Three guards, for no browser honours all of them: closedby="none", this key, and opening again.
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape" || isDone) return;
    event.preventDefault();
    finish();
  });
  dialog.addEventListener("cancel", event => event.preventDefault());
  dialog.addEventListener("close", () => { if (!isDone && dialog.isConnected) dialog.showModal(); });
  addEventListener("beforeunload", event => { if (!isCopied && !isDone) event.preventDefault(); });
  addEventListener("pagehide", () => { output.textContent = ""; });
  addEventListener("pageshow", event => { if (event.persisted) location.replace(dialog.dataset.back); });
}

/** The dialog as the answer to a form that was sent without script. */
function startOnce() {
  const dialog = $("dialog[open][data-once]");
  if (!dialog) return;
  history.replaceState(null, "", dialog.dataset.back);
  dialog.removeAttribute("open");
  dialog.showModal();
  keepOnce(dialog);
}
