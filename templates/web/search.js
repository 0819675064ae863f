"use strict";

// Asks Pagefind's index, which is fetched with the first question, and shows the entries that have all that was asked
// for, newest first. What comes from the index becomes text: none of it is ever read as HTML.

const SHOWN = 20; // entries at once
const AT_ONCE = 8; // issues fetched at once
const EXCERPT = 160; // characters

// What is written without spaces; the index has a space behind each of them, as the renderer puts it there.
const UNSPACED = /[\u3001-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff9f\u{20000}-\u{3ffff}]/u;
const SPACE = "\u2060"; // stands for a space that the author wrote beside one of them

const form = document.querySelector(".search");
const field = form.elements.q;
const told = document.querySelector(".found[role]");
const list = document.querySelector(".results");
const more = document.querySelector(".more");
let library; // Pagefind, a promise
let asked = 0; // the number of the question whose answer is wanted

/** The words of a question, and the runs in it that are written without spaces. */
function terms(text) {
  const found = [];
  let before = "";
  for (const character of text.normalize("NFC")) {
    let kind = "";
    if (/[\p{L}\p{M}\p{N}_]/u.test(character)) kind = UNSPACED.test(character) ? "unspaced" : "word";
    else if (before === "word" && !/\s/u.test(character)) continue; // Pagefind makes “gpt4” of “GPT-4”
    if (kind && kind === before) found.at(-1).push(character);
    else if (kind) found.push([character]);
    before = kind;
  }
  return found.map((each) => each.join(""));
}

/** Letters and digits alone, as Pagefind compares them. */
function plain(text) {
  return text.normalize("NFD").replace(/[^\p{L}\p{N}]/gu, "");
}

/** The places of a run among words: Pagefind knows which issues have it, and in each of them only the first place. */
function standing(words, run) {
  const wanted = [...plain(run)];
  const compared = words.map(plain);
  const starts = [...words.keys()].filter((start) => wanted.every((each, place) => compared[start + place] === each));
  return starts.flatMap((start) => wanted.map((_, place) => start + place));
}

/** The issues that have every term somewhere, newest first: how to load one, and where in it each term stands. */
async function issuesWith(wanted) {
  library ??= import(new URL("../pagefind/pagefind.js", document.baseURI));
  const { search } = await library;
  const questions = wanted.map((term) => (UNSPACED.test(term) ? `"${[...term].join(" ")}"` : term));
  const answers = await Promise.all(questions.map((each) => search(each, { sort: { issue: "desc" } })));
  const found = answers.map(({ results }) => new Map(results.map((each) => [each.id, each])));
  return [...found[0].values()]
    .filter(({ id }) => found.every((each) => each.has(id)))
    .map(({ id, data }) => ({ load: data, places: found.map((each) => each.get(id).words) }));
}

/** The entries of an issue that have every term; those of the headings above count, beside one that is its own. */
function entriesOf({ anchors, content, raw_url: path, meta }, wanted, known) {
  const words = content.split(" ");
  const places = wanted.map((term, place) => (UNSPACED.test(term) ? standing(words, term) : known[place]));
  const about = meta.about.split(" ");
  const headings = anchors
    .filter(({ element }) => /^h[123]$/.test(element))
    .sort((one, other) => one.location - other.location)
    .map(({ element, id, text, location }) => ({ element, id, title: text.split(" ").filter(Boolean), from: location }));
  const above = {};
  const found = [];
  headings.forEach((heading, number) => {
    const { element, id, title, from } = heading;
    const head = from + title.length;
    const end = headings[number + 1]?.from ?? words.length;
    above[element] = { title, from, head: element === "h1" ? head + about.length : head }; // number and day are below it
    const around = element === "h3" ? [above.h1, above.h2] : [];
    const own = (place) => place >= from && place < end;
    const near = (place) => own(place) || around.some((each) => place >= each.from && place < each.head);
    if (places.some((each) => each.some(own)) && places.every((each) => each.some(near))) {
      const marked = new Set(places.flat().filter(own));
      const where = [about, ...around.map((each) => each.title)].filter((each) => each.length);
      found.push({ address: `..${path}`, id, title: title.length ? title : above.h1.title, where, words, from, head, end, marked });
    }
  });
  return found;
}

/** Words as text, without the spaces that only the index needs; those at the marked places as elements. */
function asText(words, marked = () => false) {
  const parts = [];
  words.forEach((word, place) => {
    const before = words[place - 1] ?? SPACE;
    const apart = ![word, before].includes(SPACE) && !UNSPACED.test([...before].at(-1)) && !UNSPACED.test([...word][0]);
    const text = (apart ? " " : "") + (word === SPACE ? " " : word);
    if (parts.at(-1)?.mark === marked(place)) parts.at(-1).text += text;
    else parts.push({ text, mark: marked(place) });
  });
  return parts.map(({ text, mark }) => (mark ? made("mark", text) : text));
}

/** The part of an entry's note that has the first of the marked words. */
function excerpt({ words, head, end, marked }) {
  const first = [...marked].reduce((least, place) => (place >= head && place < least ? place : least), end);
  let from = first < end ? first : head;
  let to = from;
  for (let size = 0; from > head && size < EXCERPT / 4; size += words[from].length + 1) from--;
  for (let size = 0; to < end && size < EXCERPT; size += words[to - 1].length + 1) to++;
  const text = asText(words.slice(from, to), (place) => marked.has(from + place));
  return [from > head ? "…" : "", ...text, to < end ? "…" : ""];
}

/** An element with texts and elements in it. */
function made(name, ...content) {
  const element = document.createElement(name);
  element.append(...content);
  return element;
}

/** An entry as an item of the list. */
function item(entry) {
  const link = made("a", ...asText(entry.title, (place) => entry.marked.has(entry.from + place)));
  link.href = entry.address;
  link.hash = entry.id;
  const where = made("p", ...entry.where.map((words) => made("span", ...asText(words))));
  where.className = "meta";
  return made("li", link, where, made("p", ...excerpt(entry)));
}

/** Shows the next entries; what is left waits for the button. */
async function show(wanted, issues, waiting, mine) {
  while (waiting.length < SHOWN && issues.length) {
    const loaded = issues.splice(0, AT_ONCE).map(async ({ load, places }) => entriesOf(await load(), wanted, places));
    waiting.push(...(await Promise.all(loaded)).flat());
  }
  if (mine !== asked) return;
  const before = list.children.length;
  list.append(...waiting.splice(0, SHOWN).map(item));
  const count = list.children.length;
  const left = waiting.length + issues.length > 0;
  told.textContent = count ? told.dataset.found.replace("{count}", left ? `${count}+` : count) : told.dataset.none;
  more.hidden = !left;
  more.onclick = () => attempt(mine, () => show(wanted, issues, waiting, mine));
  if (before) list.children[before]?.querySelector("a").focus();
}

/** Does what needs the network, and says so where that fails. */
async function attempt(mine, work) {
  try {
    await work();
  } catch {
    library = undefined;
    if (mine === asked) told.textContent = told.dataset.broken;
  }
}

/** Answers the question in the field. */
function answer() {
  const mine = ++asked;
  const wanted = terms(field.value);
  attempt(mine, async () => {
    const issues = wanted.length ? await issuesWith(wanted) : [];
    if (mine !== asked) return;
    list.replaceChildren();
    more.hidden = true;
    told.textContent = "";
    if (wanted.length) await show(wanted, issues, [], mine);
  });
}

let pause;
field.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => form.requestSubmit(), 250);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
  answer();
});
field.value = new URLSearchParams(location.search).get("q") ?? "";
if (field.value) answer();
