"use strict";
// Stands on every page that `publish serve` shows, and in none that a build makes.
(() => {
  const { state, issue, draft } = document.currentScript.dataset;

  let source = null;
  const listen = () => {
    source = new EventSource("/_desk/events");
    source.onmessage = (event) => { if (event.data !== state) location.reload(); };
  };
  // A browser keeps no more than six connections to a server: tabs that nobody sees keep none.
  const see = () => {
    if (document.hidden) { source?.close(); source = null; } else if (!source) listen();
  };
  document.addEventListener("visibilitychange", see);
  see();

  if (self !== top) return;
  const place = document.createElement("div");
  const root = place.attachShadow({ mode: "closed" });
  const style = document.createElement("style");
  style.textContent = `
    a { position: fixed; inset: auto 1rem 1rem auto; z-index: 9; padding: .375rem .75rem; border-radius: 1rem;
        background: #1f1c18; color: #fdfcf9; font: 600 13px/1.4 system-ui, sans-serif; text-decoration: none; }
    a:focus-visible { outline: 2px solid #ff9d80; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) { a { background: #e9e4da; color: #181613; } }
    @media print { a { display: none; } }`;
  const link = document.createElement("a");
  link.href = issue ? `/_desk/${issue}/` : "/_desk/";
  link.textContent = draft === undefined ? "Desk" : "Draft · Desk";
  root.append(style, link);
  const nav = document.createElement("nav");
  nav.setAttribute("aria-label", "publish serve");
  nav.append(place);
  document.body.append(nav);
})();
