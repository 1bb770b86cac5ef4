// What runs when a page is there.

export { $, $$, icon, keepOnce, later, make, post, setBusy, wholeKey };

// Forms have taken their shape by then: forms.js runs before.
document.addEventListener("DOMContentLoaded", () => {
  watchForms();
  watchEscape();
  watchSummaries();
  startOnce();
  $$("dialog[open][data-modal]:not([data-once])").forEach(promote);
  startMenus();
  startDropDowns();
  startFinders();
  startSearch();
  showWaiting();
  returnToRow();
  startCopying();
  helpWithPasswords();
  keepPreferences();
  listenForShortcuts();
  watchSession();
  showTimes();
  setInterval(showTimes, 6e4);
  const said = $("#toast p")?.textContent;
  if (said) toast(said);
});
