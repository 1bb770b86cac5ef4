// The rows of a key's grants: a resource to search for, and its roles.

import { $, $$, icon, keepOnce, later, make, post, setBusy, wholeKey } from "./console.js";

const announce = (within, text) => {
  const box = $("[data-live]", within.closest("form"));
  if (box) box.textContent = text;
};

/** Gives a row its number, in every name and reference. */
function number(row, position) {
  const change = text => text.replace(/_(?:\d+|N)\b/g, `_${position}`).replace(/-(?:\d+|N)$/, `-${position}`)
    .replace(/\b([Gg]rant) (?:\d+|N)\b/g, `$1 ${position}`);
  for (const element of [row, ...$$("*", row)]) {
    for (const name of ["id", "for", "name", "popovertarget", "aria-label", "aria-labelledby", "aria-describedby", "aria-controls"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, change(element.getAttribute(name)));
    }
    if (element.name === "action") element.value = change(element.value);
  }
  row.dataset.grant = position;
  $("legend", row).textContent = `Grant ${position}`;
}

function startGrants(form) {
  const rows = $("[data-grants]", form);
  if (!rows) return;
  const changed = () => rows.dispatchEvent(new Event("change", { bubbles: true }));
  for (const row of rows.children) startGrant(row);
  $("[data-add-grant]", form).addEventListener("click", event => {
    event.preventDefault();
    const row = $("#blank-grant").content.firstElementChild.cloneNode(true);
    number(row, rows.children.length + 1);
    rows.append(row);
    startGrant(row);
    $("[data-combo]", row).focus();
    changed();
  });
  rows.addEventListener("click", event => {
    const row = event.target.closest("[data-remove-grant]") && event.target.closest("[data-grant]");
    if (!row) return;
    event.preventDefault();
    if (rows.children.length < 2) return;
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    announce(rows, `Grant ${row.dataset.grant} removed`);
    row.remove();
    [...rows.children].forEach((other, index) => number(other, index + 1));
    $("[data-combo]", neighbour).focus();
    changed();
  });
}

function startGrant(row) {
  $("[data-roles]", row).addEventListener("change", () => showRoles(row));
  startCombobox(row);
}

/** The chosen roles, on the button that opens them. */
function showRoles(row) {
  const chosen = $$("[data-roles] input:checked", row).map(box => make("span", { className: "chip" }, make("bdi", {}, box.dataset.name)));
  $("[data-chosen]", row).replaceChildren(...(chosen.length ? chosen : [make("span", { className: "muted" }, "Choose roles")]));
}

/** Closes the roles that cannot be given on a resource. */
function limitRoles(row, { level, roles }) {
  for (const box of $$("[data-roles] input", row)) {
    const hint = $("[data-hint]", box.parentElement);
    const isMisplaced = Boolean(box.dataset.level) && box.dataset.level !== level;
    const isClosed = isMisplaced || Boolean(roles && !roles.includes(box.value));
    box.disabled = isClosed;
    if (isClosed) box.checked = false;
    hint.textContent = isMisplaced ? `Can only be given on ${/^[ao]/.test(box.dataset.level) ? "an" : "a"} ${box.dataset.level}`
      : isClosed ? "You can't give this role here" : hint.dataset.hint;
  }
  showRoles(row);
}

/** A field that finds resources by name or NRN as one types. */
function startCombobox(row) {
  const field = $("[data-combo]", row);
  const nrn = $("input[type=hidden]", row);
  const path = $("[data-path] bdi", row);
  const list = make("div", { id: `${field.id}-list`, className: "options-list", role: "listbox", popover: "manual", "aria-label": "Resources" });
  field.parentElement.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    field.setAttribute(name, value);
  }
  const purpose = row.closest("[data-grants]").dataset.grants;
  let chosen = nrn.value ? field.value : null;
  let found = [];
  let active = -1;
  let asked;

  const isOpen = () => list.matches(":popover-open");
  const close = () => {
    if (isOpen()) list.hidePopover();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const open = () => {
    if (!isOpen()) list.showPopover();
    if (!CSS.supports("position-area: block-end")) {
      const { bottom, left, width } = field.getBoundingClientRect();
      for (const [name, value] of [["inset", `${bottom + 4}px auto auto ${left}px`], ["margin", "0"], ["width", `${width}px`]]) {
        list.style.setProperty(name, value);
      }
    }
    field.setAttribute("aria-expanded", "true");
  };
  const point = index => {
    const options = $$("[role=option]", list);
    options[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = options[index];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };
  const choose = hit => {
    field.value = chosen = `${hit.level} - ${hit.name}`;
    nrn.value = hit.nrn;
    path.textContent = hit.path;
    limitRoles(row, hit);
    close();
    row.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (results, hasMore, text) => {
    found = results;
    active = -1;
    const levels = new Map();
    results.forEach((hit, index) => {
      if (!levels.has(hit.level)) levels.set(hit.level, make("div", { role: "group", "aria-label": hit.level }));
      const option = make("div", { id: `${list.id}-${index}`, role: "option", "aria-selected": "false" },
        make("bdi", {}, `${hit.level} - ${hit.name}`), make("bdi", { className: "hint" }, hit.path));
      option.addEventListener("click", () => choose(hit));
      levels.get(hit.level).append(option);
    });
    const note = results.length ? (hasMore ? "Keep typing to narrow" : "") : `No resource matches "${text}"`;
    list.replaceChildren(...levels.values(), ...(note ? [make("div", { className: "none", role: "presentation" }, note)] : []));
    announce(row, results.length ? `${results.length}${hasMore ? " or more" : ""} resources` : note);
    open();
  };
  const search = async text => {
    asked?.abort();
    // No key goes into an address.
    if (wholeKey.test(text)) return;
    asked = new AbortController();
    try {
      const answer = await fetch(`/console/resources.json?${new URLSearchParams({ q: text, for: purpose })}`, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error();
      const { results, more } = await answer.json();
      if (text.includes("=") && results[0]?.nrn === text) choose(results[0]);
      else if (document.activeElement === field) show(results, more, text);
    } catch (error) {
      if (error.name !== "AbortError") announce(row, "Resources could not be searched");
    }
  };
  const searchSoon = later(150, search);

  field.addEventListener("input", () => {
    if (field.value !== chosen) nrn.value = path.textContent = "";
    searchSoon(field.value.trim());
  });
  field.addEventListener("click", () => { if (!isOpen()) search(chosen ? "" : field.value.trim()); });
  field.addEventListener("blur", () => {
    const exact = found.filter(hit => hit.name.toLowerCase() === field.value.trim().toLowerCase());
    if (!nrn.value && exact.length === 1) choose(exact[0]);
    close();
  });
  // The focus stays in the field while options are pressed.
  list.addEventListener("mousedown", event => event.preventDefault());
  field.addEventListener("keydown", event => {
    const last = found.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen()) search(chosen ? "" : field.value.trim());
      else if (last >= 0) point(event.key === "ArrowDown" ? (active >= last ? 0 : active + 1) : active <= 0 ? last : active - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isOpen() && found[active]) choose(found[active]);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && isOpen() && found[active]) {
      choose(found[active]);
    } else if (isOpen() && active >= 0 && (event.key === "Home" || event.key === "End")) {
      event.preventDefault();
      point(event.key === "Home" ? 0 : last);
    }
  });
}
