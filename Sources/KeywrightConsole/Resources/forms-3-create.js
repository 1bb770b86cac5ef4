// The panel of a key: what it will be able to do, and sending it without leaving the page.

function startPreview(form) {
  const target = $("[data-preview-to]", form);
  const path = form.dataset.preview;
  if (!target || !path) return;
  const changes = $("[data-changes-to]", form);
  const note = $("[data-name-note]", form);
  const wanted = changes ? /^(nrn|role)_|^(name|tag)$/ : /^(nrn|role)_|^name$/;
  const line = (text, picture, className = "") => make("li", { className }, icon(picture), make("span", {}, text));
  const quiet = text => make("p", { className: "muted" }, text);
  let asked, shown, said;
  const refresh = later(800, async () => {
    const query = `${new URLSearchParams([...new FormData(form)].filter(([name, value]) => wanted.test(name) && value && !wholeKey.test(value)))}`;
    if (query === shown) return;
    shown = query;
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(path + (path.includes("?") ? "&" : "?") + query, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error();
      const { sentences, warnings, note: remark = "", changes: differences } = await answer.json();
      if (note.textContent !== remark) note.textContent = remark;
      const banners = warnings.map(text => make("div", { className: "banner warn" }, icon("triangle-alert"), make("p", {}, text)));
      // What is the same is not said again.
      if (said !== (said = [...warnings, ...sentences].join("\n"))) {
        target.replaceChildren(...banners, sentences.length ? make("ul", {}, ...sentences.map(text => line(text, "check")))
          : quiet("Choose a resource and a role to see what the key may do."));
      }
      if (!changes || !differences) return;
      changes.replaceChildren(differences.length
        ? make("ul", {}, ...differences.map(change => line(change.changeText, change.isRemoval ? "x" : "plus", change.isRemoval ? "minus" : "")))
        : quiet("No changes yet"));
    } catch (error) {
      if (error.name === "AbortError") return;
      shown = said = undefined;
      target.replaceChildren(quiet("What the key may do cannot be shown now. It is checked when you send the form."));
    }
  });
  form.addEventListener("input", refresh);
  form.addEventListener("change", refresh);
}

/** Says at each field what is wrong with it. */
function markField(id, message) {
  const field = document.getElementById(id);
  if (!field) return;
  const host = field.closest(".field") ?? field;
  const error = make("p", { className: "err", id: `${id}-error`, "data-sent": "" }, icon("circle-alert"),
    make("span", {}, make("span", { className: "vh" }, "Error: "), message));
  if (host === field) host.before(error);
  else host.append(error);
  if (field.matches("button")) field.dataset.invalid = "";
  else if (field.matches("input, select, textarea")) field.setAttribute("aria-invalid", "true");
  else return;
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(other => other && other !== error.id);
  field.setAttribute("aria-describedby", [error.id, ...others].join(" "));
}

/** Shows what the server objected to: a summary with the focus, and a sentence at each field. */
function showProblems(form, problems) {
  $$(".err[data-sent], .err[id$='-error']:not(#tag-error)", form).forEach(error => error.remove());
  $$("[aria-invalid]", form).forEach(field => field.removeAttribute("aria-invalid"));
  $$("[data-invalid]", form).forEach(field => delete field.dataset.invalid);
  const summary = $("[data-problems]", form);
  $("ul", summary).replaceChildren(...problems.map(({ field, message }) => make("li", {},
    field && document.getElementById(field) ? make("a", { href: `#${encodeURIComponent(field)}` }, message) : message)));
  problems.forEach(({ field, message }) => markField(field, message));
  summary.hidden = false;
  if (!document.title.startsWith("Error: ")) document.title = `Error: ${document.title}`;
  summary.focus();
}

/** Sends a new key's form; the key in the answer goes into the dialog and nowhere else. */
function startCreation(form) {
  if (!("create" in form.dataset)) return;
  const button = $("[data-submit]", form);
  const dialog = $("#created");
  // What was wrong with a field is no longer so once something is typed. (At `change` a click would miss its target.)
  form.addEventListener("input", event => {
    const host = event.target.closest(".field");
    if (!host || event.target.name === "tag") return;
    $(".err", host)?.remove();
    $("[aria-invalid]", host)?.removeAttribute("aria-invalid");
    delete $("[data-invalid]", host)?.dataset.invalid;
  });
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (button.ariaBusy) return;
    setBusy(button, true);
    try {
      const answer = await post(form.getAttribute("action"), new FormData(form));
      // Whatever is no answer to the form, as a session that ended, is the browser's own business.
      if (answer.redirected || answer.status === 401 || !answer.headers.get("Content-Type")?.includes("json")) {
        return HTMLFormElement.prototype.submit.call(form);
      }
      const made = await answer.json();
      if (answer.status === 201) {
        const panel = form.closest("dialog");
        for (const choices of $$(":popover-open", panel)) choices.hidePopover();
        panel.isDone = true;
        panel.close();
        $("#created-name bdi").textContent = made.name;
        $("[data-secret]", dialog).textContent = made.secret;
        dialog.showModal();
        keepOnce(dialog);
      } else {
        showProblems(form, made.errors?.length ? made.errors : [{ message: made.message ?? "Something went wrong on our side. Nothing was changed" }]);
      }
    } catch {
      showProblems(form, [{ message: "Couldn't reach the server. Your entries are still here. Try again" }]);
    } finally {
      setBusy(button, false);
    }
  });
}

for (const form of $$("form[data-guard]")) {
  startGrants(form);
  startTags(form);
  startPreview(form);
  startCreation(form);
}
