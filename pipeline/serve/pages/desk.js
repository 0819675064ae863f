// Shows what changed without a new page: what is being typed into the form stays, and frames stay where they are.
import { fetched, listen, onlyTexts, put } from "/_desk/put.js";

let wanted = document.querySelector("script[data-state]").dataset.state;

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

// Frames are not the desk: their own window reads what is put into them, by their own policy.
const renew = async (frame, number) => {
  const found = await fetched(frame.src);
  const inner = frame.contentDocument;
  if (!found || wanted !== number) return; // the server went, or something changed again: another word comes
  if (!found.ok || !inner || inner.querySelector("[data-wrong]")) { reload(frame); return; }
  const page = new frame.contentWindow.DOMParser().parseFromString(found.text, "text/html");
  put(inner.documentElement, page.documentElement);
};

const tell = (page) => {
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!now) { location.reload(); return; }
    put(part, now);
  }
  document.title = page.title;
};

listen(
  async (number) => {
    if (number === wanted) return;
    const texts = onlyTexts(wanted, number);
    wanted = number;
    const found = fetched(location.href);
    for (const frame of document.querySelectorAll("iframe")) texts ? renew(frame, number) : reload(frame);
    const desk = await found;
    if (!desk || wanted !== number) return;
    if (desk.redirected) { location.reload(); return; }
    tell(new DOMParser().parseFromString(desk.text, "text/html"));
  },
  (here) => { document.documentElement.dataset.server = here ? "here" : "away"; },
);
