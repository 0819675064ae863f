// Shows what changed without a new page: what is being typed into the form stays, and frames stay where they are.
import { fetched, listen, onlyTexts, put } from "/_desk/put.js";

let wanted = document.querySelector("script[data-state]").dataset.state;

// A frame that is loading will show what was there when it asked: once it does, it is loaded again if more has changed.
const loading = new WeakSet();
const arrives = (frame, then = () => {}) => {
  const asked = wanted;
  loading.add(frame);
  frame.addEventListener("load", () => {
    loading.delete(frame);
    if (frame.contentDocument) then();
    if (asked !== wanted) reload(frame);
  }, { once: true });
};

const reload = (frame) => {
  if (loading.has(frame)) return;
  try {
    const inner = frame.contentWindow;
    const { scrollX, scrollY } = inner;
    arrives(frame, () => frame.contentWindow.scrollTo(scrollX, scrollY));
    inner.location.reload();
  } catch { // it shows the browser's own page of an error
    arrives(frame);
    frame.src = frame.getAttribute("src");
  }
};

for (const frame of document.querySelectorAll("iframe")) {
  const inner = frame.contentDocument;
  if (inner && (inner.URL !== frame.src || inner.readyState !== "complete")) arrives(frame);
}

// Frames are not the desk: their own window reads what is put into them, by their own policy.
const renew = async (frame, number) => {
  const found = await fetched(frame.src);
  const inner = frame.contentDocument;
  if (!found || wanted !== number) return; // the server went, or something changed again: another word comes
  if (loading.has(frame)) return;
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
