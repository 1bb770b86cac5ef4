// The audit trail: its times and days in the reader's own zone, and what is new.

import { $, $$, make } from "./console.js";

/** How far the reader's zone is ahead of UTC at a moment, as in "+01:00". */
function offsetAt(moment) {
  const minutes = -moment.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map(part => String(part).padStart(2, "0"));
  return `${minutes < 0 ? "-" : "+"}${hours}:${rest}`;
}

/** Moments and days of the trail in the reader's own zone, which stands beside them. */
function showZone() {
  for (const place of $$("[data-zone]")) place.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
  $("form[data-filters]")?.addEventListener("formdata", ({ formData }) => {
    // The zone of where the days begin and end; summer time may come between.
    for (const [name, clock] of [["from", "00:00:00"], ["until", "23:59:59"]]) {
      const day = formData.get(name);
      if (day) formData.set(name, day + offsetAt(new Date(`${day}T${clock}`)));
    }
  });
  const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  for (const time of $$("time[data-local]")) {
    const at = new Date(time.dateTime);
    const clock = at.toTimeString().slice(0, 8);
    time.textContent = `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}, ${clock}`;
  }
}

/** Says when there are new events, every half minute while somebody looks; they do not move the page. */
function watchTrail() {
  const box = $("[data-new-events]");
  if (!box) return;
  let shown = $("p", box)?.textContent;
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(box.dataset.newEvents, { headers: { Accept: "application/json" } });
      if (!answer.ok) return clearInterval(timer);
      const { text, link } = await answer.json();
      if (!text || text === shown) return;
      shown = text;
      box.replaceChildren(make("p", { className: "banner info" },
        make("span", {}, `${text} `, make("a", { href: link, textContent: "Show them" }))));
    } catch { /* the next time */ }
  };
  const timer = setInterval(look, 30000);
  document.addEventListener("visibilitychange", look);
}

showZone();
watchTrail();
