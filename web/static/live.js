// A part of a page that the server keeps up to date: <div data-events="/…">. The events hold the part's new content, as made and escaped
// by the server's own templates.
"use strict";

for (const part of document.querySelectorAll("[data-events]")) {
  const events = new EventSource(part.dataset.events);
  const show = (event) => {
    // What someone reads stays open.
    const open = [...part.querySelectorAll("details")].map((details) => details.open);
    part.innerHTML = event.data;
    part.querySelectorAll("details").forEach((details, index) => { details.open = open[index] === true; });
  };
  events.addEventListener("state", show);
  events.addEventListener("end", (event) => {
    events.close();
    show(event);
    part.removeAttribute("aria-busy");
    for (const element of document.querySelectorAll("[data-while-running]")) element.remove();
    document.dispatchEvent(new Event("charts"));
  });
}
