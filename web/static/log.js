// The lines of a log: more of them while scrolling. Without this, links lead from window to window.
"use strict";

(() => {
  const lines = document.getElementById("lines");
  if (!lines) return;

  // A link to a line that isn't here: load the window that has it.
  const wanted = /^#L(\d+)$/.exec(location.hash);
  if (wanted && !document.getElementById(wanted[0].slice(1))) {
    const url = new URL(location.href);
    if (url.searchParams.get("line") !== wanted[1]) {
      for (const name of ["from", "end"]) url.searchParams.delete(name);
      url.searchParams.set("line", wanted[1]);
      location.replace(url);
      return;
    }
  }
  // A line that is folded away is shown.
  const reveal = () => {
    const line = location.hash.startsWith("#L") && document.getElementById(location.hash.slice(1));
    if (!line) return;
    for (let fold = line.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    line.scrollIntoView({ block: "center" });
  };
  reveal();
  window.addEventListener("hashchange", reveal);

  // More lines below, as soon as the link to them comes into view; those above only when asked for, so that nothing jumps.
  const mostLines = 20000;
  const load = async (link, isBelow) => {
    if (link.dataset.loading) return;
    link.dataset.loading = "1";
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const more = page.getElementById("lines");
      if (!more) return;
      const nodes = Array.from(more.childNodes);
      const height = document.documentElement.scrollHeight;
      if (isBelow) lines.append(...nodes); else lines.prepend(...nodes);
      if (!isBelow) window.scrollBy(0, document.documentElement.scrollHeight - height);
      const shown = document.getElementById("shown");
      const all = lines.querySelectorAll(".line");
      if (shown && all.length) shown.textContent = `Lines ${all[0].id.slice(1)} to ${all[all.length - 1].id.slice(1)}`;
      const next = page.getElementById(link.id);
      if (next && all.length < mostLines) link.href = next.href; else link.parentElement.remove();
    } finally {
      delete link.dataset.loading;
    }
  };
  const earlier = document.getElementById("earlier");
  const later = document.getElementById("later");
  if (earlier) earlier.addEventListener("click", (event) => { event.preventDefault(); load(earlier, false); });
  if (later) {
    later.addEventListener("click", (event) => { event.preventDefault(); load(later, true); });
    new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) load(later, true); }, { rootMargin: "400px" }).observe(later);
  }
})();
