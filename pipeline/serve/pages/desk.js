"use strict";
// Shows what changed without a new page: what is being typed into the form stays, and frames stay where they are.
(() => {
  let state = document.currentScript.dataset.state;
  let source = null;

  const reload = (frame) => {
    try {
      const inner = frame.contentWindow;
      const { scrollX, scrollY } = inner;
      frame.addEventListener("load", () => frame.contentWindow.scrollTo(scrollX, scrollY), { once: true });
      inner.location.reload();
    } catch { // it shows the browser's own page of an error
      frame.src = frame.getAttribute("src");
    }
  };

  const renew = async () => {
    const wanted = state;
    document.querySelectorAll("iframe").forEach(reload);
    const answer = await fetch(location.href).catch(() => null);
    const text = await answer?.text().catch(() => "");
    if (!text || wanted !== state) return; // the server went, or something changed again: another word comes
    if (answer.redirected) { location.reload(); return; }
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const now = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!now) { location.reload(); return; }
      if (now.innerHTML !== part.innerHTML) part.replaceChildren(...now.childNodes);
    }
    document.title = page.title;
  };

  const listen = () => {
    source = new EventSource("/_desk/events");
    source.onmessage = (event) => {
      document.documentElement.dataset.server = "here";
      if (event.data === state) return;
      state = event.data;
      renew();
    };
    source.onerror = () => { document.documentElement.dataset.server = "away"; };
  };
  const see = () => {
    if (document.hidden) { source?.close(); source = null; } else if (!source) listen();
  };
  document.addEventListener("visibilitychange", see);
  see();
})();
