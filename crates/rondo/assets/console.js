// What script adds to pages that work without it: regions marked `data-live` follow the ledger, buttons marked
// `data-confirm` ask first, lists marked `data-keys` are gone through by keyboard, chosen files and filters act at once.
(() => {
  "use strict";
  const announcer = document.getElementById("announcer");
  const say = (text) => { if (announcer) announcer.textContent = text; };
  // The page says it in its language.
  const texts = announcer?.dataset ?? {};

  // On a narrow screen, the places are a row to be moved: it begins where the person is.
  const here = document.querySelector(".places [aria-current]"), places = here?.closest(".places");
  if (here) places.scrollLeft = here.offsetLeft - (places.clientWidth - here.offsetWidth) / 2;

  // Tables whose cells stand under one another on a narrow screen stay tables for whoever hears them: some browsers take their
  // roles from how they are shown.
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" };
  const keepTables = (root) => {
    for (const one of root.querySelectorAll(".stack :is(table, thead, tbody, tr, th, td)")) {
      one.setAttribute("role", roles[one.localName] ?? (one.scope === "row" ? "rowheader" : "columnheader"));
    }
  };
  keepTables(document);

  // A region whose person is typing in it is left alone until the next news.
  const isBusy = (region) => region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");

  // What a person has unfolded stays so, and where they are in a list they stay.
  const key = (one) => `${one.closest("[id]").id} ${one.querySelector("summary")?.textContent}`;
  const called = (one) => one.getAttribute("href") ?? `${one.localName} ${one.textContent.trim()} ${one.form?.action}`;
  const replace = (region, next) => {
    const open = new Set([...region.querySelectorAll("details[open]")].map(key));
    const here = region.contains(document.activeElement) && called(document.activeElement);
    region.replaceChildren(...next.childNodes);
    for (const one of region.querySelectorAll("details")) if (open.has(key(one))) one.open = true;
    if (here) [...region.querySelectorAll("a[href], button, summary")].find((one) => called(one) === here)?.focus();
  };
  // What a region says, but for marks of forms and times that pass: of those nobody is told.
  const gist = (region) => {
    const copy = region.cloneNode(true);
    for (const one of copy.querySelectorAll('input[type="hidden"], time, .ago')) one.remove();
    return copy.innerHTML;
  };

  // News that come while the page asks are asked for once more afterwards.
  let asking = false, isBehind = false;
  const refresh = async () => {
    if (document.hidden) return;
    if (asking) { isBehind = true; return; }
    const regions = [...document.querySelectorAll("[data-live][id]")];
    if (!regions.length) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Rondo-Live": "1" }, redirect: "manual" });
      if (answer.status === 401) { stop(); say(texts.signedOut); }
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      keepTables(fresh);
      for (const region of regions) {
        const next = fresh.getElementById(region.id);
        if (!next || isBusy(region) || next.innerHTML === region.innerHTML) continue;
        const isNews = gist(next) !== gist(region);
        replace(region, next);
        if (isNews) say(region.dataset.live || texts.updated);
      }
    } catch { /* The next news tries again. */ } finally {
      asking = false;
      if (isBehind) { isBehind = false; soon(); }
    }
  };
  // Pages that hear of the same news don't all ask in the same moment.
  const soon = () => { setTimeout(refresh, Math.random() * 1500); };

  // A page that nobody looks at holds no connection: browsers allow few. Whatever happened meanwhile is asked for at once.
  const from = document.body.dataset.liveFrom;
  let news = null;
  const stop = () => { news?.close(); news = null; };
  const follow = () => {
    if (document.hidden) { stop(); return; }
    if (news) return;
    news = new EventSource(from);
    news.addEventListener("open", refresh);
    news.addEventListener("news", soon);
  };
  if (from && document.querySelector("[data-live][id]") && "EventSource" in window) {
    follow();
    document.addEventListener("visibilitychange", follow);
    addEventListener("pagehide", stop);
    addEventListener("pageshow", follow);
  }

  // What is still being made is asked for again.
  const again = () => {
    if (document.querySelector("[data-again]")) setTimeout(() => refresh().finally(again), 1500);
  };
  again();

  document.addEventListener("submit", (event) => {
    const asked = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (asked && !window.confirm(asked)) event.preventDefault();
  });

  let isByKey = false;
  document.addEventListener("pointerdown", () => { isByKey = false; });
  document.addEventListener("keydown", () => { isByKey = true; }, { capture: true });
  document.addEventListener("change", (event) => {
    // With the keyboard, a list is gone through before one is chosen: then its button sends it.
    if (event.target.matches("[data-submit]") && !isByKey) event.target.form.requestSubmit();
  });

  // Buttons that copy a value are of use with script alone.
  const copyButtons = navigator.clipboard ? document.querySelectorAll("[data-copy]") : [];
  for (const button of copyButtons) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      button.textContent = texts.copied;
      say(texts.copied);
    });
  }

  // j and k go down and up, Enter opens; never while somebody types.
  // Whoever speaks to their machine can turn single keys off, in their account; this browser remembers it.
  const keys = document.getElementById("keys");
  const areKeysOff = () => { try { return localStorage.getItem("rondo-keys") === "off"; } catch { return false; } };
  if (keys) {
    keys.closest("[hidden]").hidden = false;
    keys.checked = !areKeysOff();
    keys.addEventListener("change", () => {
      localStorage.setItem("rondo-keys", keys.checked ? "on" : "off");
      say(keys.checked ? texts.shortcutsOn : texts.shortcutsOff);
    });
  }

  document.addEventListener("keydown", (event) => {
    if (areKeysOff() || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const links = [...document.querySelectorAll("[data-keys] a[data-item]")];
    if (links.length && (event.key === "j" || event.key === "k")) {
      const here = links.indexOf(document.activeElement);
      const next = event.key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
      links[next].focus();
      event.preventDefault();
      return;
    }
    if (event.repeat) return;
    // What is folded away is not pressed unseen; what a key unfolds is ready to be filled in.
    const buttons = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)];
    const button = buttons.find((one) => one.checkVisibility());
    if (!button) return;
    button.focus();
    button.click();
    if (button.matches("details[open] > summary")) button.parentElement.querySelector("textarea, select, input:not([type=hidden])")?.focus();
    event.preventDefault();
  });
})();
