// Lists: searching as one types, and no whole key in a search.

const wholeKey = /[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}/;

/** Clears a search for a whole key, which must not be sent. */
function refusesWholeKey(field) {
  const isWhole = wholeKey.test(field.value);
  const message = document.getElementById(field.getAttribute("aria-describedby"));
  if (isWhole) field.value = "";
  if (isWhole || field.value) {
    message.textContent = isWhole ? "That looks like a whole key. Search by its last four characters instead." : "";
  }
  return isWhole;
}

function startSearch() {
  const form = $("form[data-filters]");
  const field = form && $("[data-search]", form);
  // What is empty says nothing; leave it out of the address.
  form?.addEventListener("formdata", event => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
  if (!field) return;
  let shown = field.value.trim();
  const send = later(350, () => {
    if (field.value.trim() === shown) return;
    shown = field.value.trim();
    const query = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    location.replace(`${form.getAttribute("action")}?${query}#${field.id}`);
  });
  field.addEventListener("input", event => {
    if (!refusesWholeKey(field) && !event.isComposing) send();
  });
  field.addEventListener("compositionend", send);
  form.addEventListener("submit", event => { if (refusesWholeKey(field)) event.preventDefault(); });
  if (location.hash === `#${field.id}`) {
    history.replaceState(null, "", location.pathname + location.search);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }
}

/** Dims the list while the next page is long in coming. */
function showWaiting() {
  let timer;
  addEventListener("beforeunload", () => {
    timer = setTimeout(() => $$("[data-busy]").forEach(part => part.setAttribute("aria-busy", "true")), 200);
  });
  addEventListener("pageshow", () => {
    clearTimeout(timer);
    $$("[data-busy]").forEach(part => part.removeAttribute("aria-busy"));
  });
}

// Coming back from a row's panel, the focus is where it was (the address ends with "#key-42"); after a change, which a
// toast tells, it is on the results.
function returnToRow() {
  const row = location.hash.startsWith("#key-") && document.getElementById(location.hash.slice(1));
  if (row) $(".options button", row).focus();
  else if ($("#toast p")?.textContent) $("#results")?.focus();
}
