// Menus, the dashboard drop-down, and popovers with choices.

const items = menu => $$("a, button, summary", menu).filter(item => item.checkVisibility());

/** Moves the focus as arrows, Home, End and letters say; tells whether it did. */
function walk(list, event) {
  const here = list.indexOf(document.activeElement);
  let next;
  if (event.key === "ArrowDown") next = list[(here + 1) % list.length];
  else if (event.key === "ArrowUp") next = list[(here - 1 + list.length) % list.length];
  else if (event.key === "Home") next = list[0];
  else if (event.key === "End") next = list.at(-1);
  else if (/^\S$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const isNext = item => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase());
    next = list.slice(here + 1).find(isNext) ?? list.find(isNext);
  }
  if (!next) return false;
  event.preventDefault();
  next.focus();
  return true;
}

function startMenus() {
  for (const menu of $$(".menu[data-menu]")) {
    const opener = $(`[popovertarget="${menu.id}"]`);
    // Only plain lists of links are menus to a screen reader; the account menu holds forms.
    if (!$("form", menu)) {
      menu.setAttribute("role", "menu");
      menu.setAttribute("aria-label", opener.getAttribute("aria-label"));
      opener.setAttribute("aria-haspopup", "menu");
      for (const item of items(menu).concat($$("a", menu))) {
        item.setAttribute("role", "menuitem");
        item.tabIndex = -1;
      }
    }
    opener.addEventListener("keydown", event => {
      if (event.key !== "ArrowDown" || menu.matches(":popover-open")) return;
      event.preventDefault();
      menu.showPopover({ source: opener });
    });
    menu.addEventListener("keydown", event => {
      if (event.key === "Tab" && menu.role === "menu") {
        menu.hidePopover();
        opener.focus();
      } else walk(items(menu), event);
    });
  }
  document.addEventListener("toggle", event => {
    const box = event.target;
    if (event.newState !== "open") return;
    if (box.matches("[data-menu]")) items(box)[0]?.focus();
    else if (box.matches(".pop")) (items(box).length ? $("input:not(:disabled)", box) : null)?.focus({ preventScroll: true });
  }, true);
}

function startDropDowns() {
  for (const drop of $$("details[data-drop]")) {
    const close = event => { if (drop.open && !drop.contains(event.target)) drop.open = false; };
    document.addEventListener("pointerdown", close);
    drop.addEventListener("focusout", event => { if (event.relatedTarget) close({ target: event.relatedTarget }); });
    drop.addEventListener("keydown", event => {
      if (event.key === "Escape" && drop.open) {
        event.preventDefault();
        drop.open = false;
        $("summary", drop).focus();
      } else if (event.key.startsWith("Arrow") && drop.open) walk(items(drop), event);
    });
  }
}

/** The field above many choices leaves those that contain what is typed. */
function startFinders() {
  document.addEventListener("input", event => {
    if (!event.target.matches("[data-find]")) return;
    const text = event.target.value.trim().toLowerCase();
    for (const choice of $$(".check", event.target.closest(".pop"))) {
      choice.hidden = !choice.textContent.toLowerCase().includes(text);
    }
  });
}
