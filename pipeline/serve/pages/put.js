// Brings a page up to date where it stands: to load it anew takes a browser longer than all the rest.

// What is the same in two pages stays, and what its reader has opened or closed; the rest of the new one takes its place.
const put = (old, now) => {
  if (old.isEqualNode(now)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== now.nodeName) { old.replaceWith(now); return; }
  const names = (node) => node.getAttributeNames().filter((name) => name !== "open");
  for (const name of names(old)) if (!now.hasAttribute(name)) old.removeAttribute(name);
  for (const name of names(now)) old.setAttribute(name, now.getAttribute(name));
  const [before, after] = [[...old.childNodes], [...now.childNodes]];
  if (before.length === after.length) before.forEach((node, at) => put(node, after[at]));
  else old.replaceChildren(...after);
};

// What the server has at an address, null where it is not there.
const fetched = async (address) => {
  const answer = await fetch(address).catch(() => null);
  const text = await answer?.text().catch(() => "");
  return text ? { text, ok: answer.ok, redirected: answer.redirected } : null;
};

// Whether only texts changed between two states: a browser holds on to pictures and style sheets that it has loaded.
const onlyTexts = (one, other) => one.replace(/\d+$/, "") === other.replace(/\d+$/, "");

// Calls `changed` with the number of every new state, as long as somebody sees the page: a browser keeps no more than
// six connections to a server. `told` is called with whether the server is there.
const listen = (changed, told = () => {}) => {
  let source = null;
  const see = () => {
    if (document.hidden) { source?.close(); source = null; return; }
    if (source) return;
    source = new EventSource("/_desk/events");
    source.onmessage = (event) => { told(true); changed(event.data); };
    source.onerror = () => told(false);
  };
  document.addEventListener("visibilitychange", see);
  see();
};

export { fetched, listen, onlyTexts, put };
