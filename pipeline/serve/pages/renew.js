// Stands on every page that `publish serve` shows, and in none that a build makes: puts into the page what changed.
import { fetched, listen, onlyTexts, put } from "/_desk/put.js";

const OWN = "script[data-state]";
// Scripts hold on to what they found in the page; what a page has for browsers without them would come to life in this.
const OTHERS = `script:not(${OWN}, [type="application/ld+json"]), noscript`;
const WRONG = "[data-wrong]";

const nav = document.createElement("nav");
const link = document.createElement("a");
const label = ({ issue, draft }) => {
  link.href = issue ? `/_desk/${issue}/` : "/_desk/";
  link.textContent = draft === undefined ? "Desk" : "Draft · Desk";
  if (self === top) document.body.append(nav);
};

let { state } = document.querySelector(OWN).dataset;
let wanted = state;

const renew = async () => {
  const number = wanted;
  const found = await fetched(location.href);
  if (wanted !== number) return; // something changed again, and is on its way
  if (!found) { wanted = state; return; } // the server went, and says something when it is back
  const page = new DOMParser().parseFromString(found.text, "text/html");
  const now = page.querySelector(OWN)?.dataset;
  const bound = [document, page].some((each) => each.querySelector(OTHERS) || each.querySelector(WRONG));
  if (!found.ok || found.redirected || bound || !now || !onlyTexts(state, now.state)) { location.reload(); return; }
  state = wanted = now.state;
  nav.remove();
  put(document.documentElement, page.documentElement);
  label(now);
};

listen((number) => {
  if (number === wanted) return;
  wanted = number;
  renew();
});

const place = document.createElement("div");
const root = place.attachShadow({ mode: "closed" });
const style = new CSSStyleSheet(); // unlike an element, it is allowed by the policy of the desk
style.replaceSync(`
  a { position: fixed; inset: auto 1rem 1rem auto; z-index: 9; padding: .375rem .75rem; border-radius: 1rem;
      background: #1f1c18; color: #fdfcf9; font: 600 13px/1.4 system-ui, sans-serif; text-decoration: none; }
  a:focus-visible { outline: 2px solid #ff9d80; outline-offset: 2px; }
  @media (prefers-color-scheme: dark) { a { background: #e9e4da; color: #181613; } }
  @media print { a { display: none; } }`);
root.adoptedStyleSheets = [style];
root.append(link);
nav.setAttribute("aria-label", "publish serve");
nav.append(place);
label(document.querySelector(OWN).dataset);
