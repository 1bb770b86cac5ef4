// What runs when a page is there.

for (const form of $$("form[data-guard]")) {
  startGrants(form);
  startTags(form);
  startPreview(form);
  startCreation(form);
}
watchForms();
watchSummaries();
startOnce();
$$("dialog[open][data-modal]:not([data-once])").forEach(promote);
startMenus();
startDropDowns();
startFinders();
startSearch();
showWaiting();
showZone();
watchTrail();
returnToRow();
startCopying();
helpWithPasswords();
keepPreferences();
listenForShortcuts();
watchSession();
showTimes();
setInterval(showTimes, 60000);
if ($("#toast p")?.textContent) toast($("#toast p").textContent);
