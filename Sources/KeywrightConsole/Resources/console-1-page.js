// console.js is the files console-*.js joined by name into one ES module: they share its scope, and only the last one,
// console-6-start.js, exports and runs anything. forms.js is made of forms-*.js in the same way, for the pages that have a
// form; trail.js is the audit trail's. Nothing here makes HTML out of text.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const folder = new URL(".", import.meta.url).pathname;

/** An element with properties, attributes (names with a dash, and role) and children. */
function make(tag, settings = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name.includes("-") || name === "role" || name === "popover") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${folder}icons.svg#${name}`);
  svg.append(use);
  return svg;
}

function later(milliseconds, action) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

const isTyping = () => document.activeElement?.matches("input, select, textarea, [contenteditable]");

/** Sends fields of a form; the answer is JSON. */
function post(path, fields) {
  return fetch(path, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields) });
}

let toastTimer;
function toast(text) {
  const box = $("#toast");
  if (!box) return;
  const words = make("p");
  box.replaceChildren(icon("circle-check"), words);
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
  requestAnimationFrame(() => { words.textContent = text; });
  const leave = () => { toastTimer = setTimeout(() => box.matches(":popover-open") && box.hidePopover(), 5000); };
  const stay = () => clearTimeout(toastTimer);
  stay();
  box.onpointerenter = box.onfocusin = stay;
  box.onpointerleave = box.onfocusout = leave;
  leave();
}

const spans = [["day", 86400], ["hour", 3600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat("en");
/** Shows how long ago moments were, as the server does; those more than 30 days away keep their date. */
function showTimes() {
  for (const time of $$("time[data-relative]")) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const span = spans.find(([, length]) => Math.abs(seconds) >= length);
    if (!(Math.abs(seconds) < 30 * 86400)) continue;
    const text = span ? words.format(Math.trunc(seconds / span[1]), span[0]) : "just now";
    if (time.textContent !== text) time.textContent = text;
  }
}

/** Theme and shortcuts change at once, without a new page. */
function keepPreferences() {
  document.addEventListener("submit", async event => {
    const { target: form, submitter: button } = event;
    if (!("preferences" in form.dataset)) return;
    event.preventDefault();
    try {
      if (!(await post(form.getAttribute("action"), new FormData(form, button))).ok) throw new Error();
    } catch {
      return toast("That could not be saved. Try again");
    }
    if (button.name === "theme") {
      for (const other of $$("[name=theme]")) other.setAttribute("aria-checked", other.value === button.value);
      if (button.value === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = button.value;
    } else {
      const isOn = button.value === "on";
      for (const other of $$("[name=shortcuts]")) {
        other.setAttribute("aria-checked", isOn);
        other.value = isOn ? "off" : "on";
      }
      document.body.toggleAttribute("data-shortcuts", isOn);
    }
  });
}

/** Single keys, while no field and no layer has the focus. */
function listenForShortcuts() {
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!("shortcuts" in document.body.dataset) || isTyping() || $("dialog:modal, :popover-open:not(#toast)")) return;
    if (event.key === "/" && $("[data-search]")) {
      event.preventDefault();
      $("[data-search]").focus();
      $("[data-search]").select();
    } else if (event.key === "n" && document.body.dataset.new) {
      location.assign(document.body.dataset.new);
    } else if (event.key === "?") {
      $("#shortcut-list").showModal();
    }
  });
}

/** Where to sign in again; what was typed into a panel is kept there. */
async function signInPath() {
  const form = $("form[data-guard]");
  try {
    const fields = new FormData(form ?? undefined);
    // Without its token nothing comes of a form, should the session live after all.
    fields.delete("csrf");
    const answer = form && await post(form.getAttribute("action"), fields);
    if (answer?.status === 401) return (await answer.json()).sign_in;
  } catch { /* What was typed is lost. */ }
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Warns two minutes before the session ends; other tabs of it count as activity. */
function watchSession() {
  const dialog = $("#session-warning");
  const first = Number(document.body.dataset.expiresIn);
  if (!dialog || !first) return;
  let end = Date.now() + first * 1000;
  let isOver = false;
  const tabs = new BroadcastChannel("session");
  const renew = seconds => {
    end = Date.now() + seconds * 1000;
    if (dialog.open) dialog.close();
  };
  tabs.onmessage = event => { if (!isOver) renew(Number(event.data) || first); };
  tabs.postMessage(first);
  const finish = () => {
    isOver = true;
    $("h2", dialog).textContent = "You were signed out";
    $("#session-text").textContent = `There was no activity for too long. ${
      $("form[data-guard]") ? "What you have typed here is kept when you sign in again now." : ""}`;
    $("form", dialog).hidden = true;
    $("[data-extend]", dialog).textContent = "Sign in again";
  };
  const check = () => {
    if (isOver) return;
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 120) return;
    if (!dialog.open) {
      dialog.showModal();
      $("[data-extend]", dialog).focus();
    }
    $("[data-left]", dialog).textContent = left > 90 ? "2 minutes" : left > 45 ? "1 minute" : "less than a minute";
    if (left <= 0) finish();
  };
  setInterval(check, 5000);
  check();
  dialog.addEventListener("cancel", event => { if (isOver) event.preventDefault(); });
  $("[data-extend]", dialog).addEventListener("click", async () => {
    if (isOver) return location.assign(await signInPath());
    try {
      const answer = await post("/session/extend", { csrf: document.body.dataset.csrf });
      if (!answer.ok) return finish();
      const { expires_in: seconds } = await answer.json();
      renew(seconds);
      tabs.postMessage(seconds);
      toast("You stay signed in");
    } catch {
      toast("Couldn't reach the server. Try again");
    }
  });
}

/** Password fields: a button that shows what was typed, and a word when Caps Lock is on. */
function helpWithPasswords() {
  for (const button of $$("[data-reveal]")) {
    const field = document.getElementById(button.dataset.reveal);
    button.addEventListener("click", () => {
      const isShown = field.type === "password";
      field.type = isShown ? "text" : "password";
      button.textContent = isShown ? "Hide" : "Show";
      button.setAttribute("aria-pressed", isShown);
      field.focus();
    });
    field.form?.addEventListener("submit", () => { field.type = "password"; });
    const hint = make("p", { className: "hint", role: "status" });
    field.closest(".field").append(hint);
    field.addEventListener("keyup", event => {
      hint.textContent = event.getModifierState?.("CapsLock") ? "Caps Lock is on" : "";
    });
  }
}
