// What a page does beyond links and forms. Every page works without it.
"use strict";

// <select data-submit> and the like: the form is sent as soon as a choice is made.
document.addEventListener("change", (event) => {
  const element = event.target;
  if (element instanceof HTMLElement && element.hasAttribute("data-submit") && element.form) element.form.requestSubmit();
});

// <button data-confirm="…">: asked before.
document.addEventListener("submit", (event) => {
  const question = event.submitter && event.submitter.getAttribute("data-confirm");
  if (question && !window.confirm(question)) event.preventDefault();
});

// <a href="…" data-again>: something isn't done yet; it is looked for again while the page is looked at.
const again = document.querySelector("a[data-again]");
if (again) {
  const look = () => document.hidden ? document.addEventListener("visibilitychange", look, { once: true }) : location.replace(again.href);
  setTimeout(look, 1500);
}
