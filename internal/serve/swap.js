// Brings a page to a newer version of itself without loading it again. What is
// compared is the page as it was served with the page as it is served now, so
// that what scripts made of it in between does not count; only what differs is
// touched. After that "rutter:swap" is dispatched on the document, for scripts
// of the theme that set up what is new.

// ours says whether an element is not of the page: of the preview, or what a
// script of the theme has added, which says so.
function ours(e) {
  return e.localName === "rutter-preview" || e.dataset?.added !== undefined || (e.getAttribute?.("src") ?? "").startsWith("/-preview/");
}

// parse reads a page as served, and takes out what the preview added.
function parse(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const own = [...page.scripts].find(ours);
  own?.remove();
  return { page, version: own?.dataset.version, gone: own?.hasAttribute("data-gone") };
}

// swap returns false, and has done nothing, where only a load brings the new
// version: scripts run once, and a policy holds from the beginning.
async function swap(before, after) {
  const fixed = (page) => [...page.querySelectorAll("script, base, meta[http-equiv]")].map((e) => e.outerHTML).join("\n");
  if (fixed(before) !== fixed(after)) return false;
  const restore = remember();
  const leave = await swapHead(before.head, after.head);
  document.title = after.title;
  swapAttributes(document.documentElement, before.documentElement, after.documentElement);
  patch(document.body, before.body, after.body);
  for (const e of leave) e.remove();
  document.dispatchEvent(new CustomEvent("rutter:swap"));
  restore();
  return true;
}

// swapHead adds what is new in the head, waits until its style sheets apply,
// and returns what is to go once the body is there: the page never stands
// without style.
async function swapHead(before, after) {
  const among = (elements, e) => [...elements].find((o) => o.isEqualNode(e));
  const loads = [];
  const fresh = [...after.children];
  for (const [i, e] of fresh.entries()) {
    if (e.localName === "title" || among(before.children, e)) continue;
    const added = document.importNode(e, true);
    if (added.matches("link[rel~=stylesheet]")) {
      loads.push(new Promise((done) => {
        added.addEventListener("load", done);
        added.addEventListener("error", done);
        setTimeout(done, 2000);
      }));
    }
    // Later style sheets win: each stands before those that follow it.
    const next = fresh.slice(i + 1).map((o) => among(document.head.children, o)).find(Boolean);
    document.head.insertBefore(added, next ?? null);
  }
  await Promise.all(loads);
  return [...before.children]
    .filter((e) => e.localName !== "title" && !among(after.children, e))
    .map((e) => among(document.head.children, e))
    .filter(Boolean);
}

function swapAttributes(live, before, after) {
  for (const name of new Set([...before.getAttributeNames(), ...after.getAttributeNames()])) {
    const value = after.getAttribute(name);
    if (value === before.getAttribute(name)) continue;
    if (value === null) live.removeAttribute(name);
    else live.setAttribute(name, value);
  }
}

// patch makes of a live node what became of it between two versions. Where
// scripts have added or taken away children, the node is replaced as a whole.
function patch(live, before, after) {
  if (before.isEqualNode(after)) return;
  const named = (a, b) => a.length === b.length && a.every((node, i) => node.nodeName === b[i].nodeName);
  const nodes = [...live.childNodes].filter((node) => !ours(node));
  const olds = [...before.childNodes];
  const news = [...after.childNodes];
  if (live.nodeName !== after.nodeName || !named(nodes, olds)) {
    live.replaceWith(document.importNode(after, true));
    return;
  }
  if (live.nodeType !== Node.ELEMENT_NODE) {
    live.nodeValue = after.nodeValue;
    return;
  }
  swapAttributes(live, before, after);
  let head = 0;
  while (head < olds.length && head < news.length && olds[head].isEqualNode(news[head])) head++;
  let tail = 0;
  while (tail < Math.min(olds.length, news.length) - head && olds.at(-1 - tail).isEqualNode(news.at(-1 - tail))) tail++;
  const middle = (all) => all.slice(head, all.length - tail);
  const [stand, were, are] = [nodes, olds, news].map(middle);
  if (named(were, are)) {
    stand.forEach((node, i) => patch(node, were[i], are[i]));
    return;
  }
  const place = nodes[nodes.length - tail] ?? null;
  for (const node of stand) node.remove();
  for (const node of are) live.insertBefore(document.importNode(node, true), place);
}

// remember notes what the reader has done with the page; what it returns does
// the same to what has been replaced.
function remember() {
  const unfold = rememberDetails();
  const focus = rememberFocus();
  const scroll = rememberScroll();
  return () => {
    unfold();
    focus();
    scroll();
  };
}

// rememberDetails knows details by their summary, and by their number among
// those that have the same.
function rememberDetails() {
  const all = () => {
    const count = new Map();
    return [...document.querySelectorAll("details")].map((details) => {
      const summary = details.querySelector("summary")?.textContent;
      count.set(summary, (count.get(summary) ?? 0) + 1);
      return { details, key: `${count.get(summary)} ${summary}` };
    });
  };
  const before = all();
  const open = new Map(before.map(({ details, key }) => [key, details.open]));
  const known = new Set(before.map(({ details }) => details));
  return () => {
    for (const { details, key } of all()) {
      if (!known.has(details) && open.has(key)) details.open = open.get(key);
    }
  };
}

function rememberFocus() {
  const focused = document.activeElement;
  return () => {
    if (!focused || focused === document.body || focused.isConnected) return;
    const like = (e) => e.textContent === focused.textContent && e.getAttribute("href") === focused.getAttribute("href");
    const twin = (focused.id && document.getElementById(focused.id)) || [...document.querySelectorAll(focused.localName)].find(like);
    twin?.focus({ preventScroll: true });
  };
}

// rememberScroll keeps in its place what stands at the top of the window: the
// nearest block that is there before and after, or the nearest heading.
function rememberScroll() {
  const known = new Map([[null, false]]);
  const pinned = (e) => {
    if (!known.has(e)) known.set(e, pinned(e.parentElement) || ["fixed", "sticky"].includes(getComputedStyle(e).position));
    return known.get(e);
  };
  const marks = [];
  if (scrollY > 0) {
    for (const e of document.querySelectorAll("h1, h2, h3, h4, h5, h6, p, li, pre, tr, dt, dd, figure")) {
      const { top, height } = e.getBoundingClientRect();
      if (height > 0 && !pinned(e)) marks.push({ e, id: e.id, top });
    }
    marks.sort((a, b) => Math.abs(a.top) - Math.abs(b.top));
  }
  return () => {
    const place = ({ e, id }) => (e.isConnected ? e : id && document.getElementById(id));
    const mark = marks.find(place);
    if (mark) scrollBy({ top: place(mark).getBoundingClientRect().top - mark.top, behavior: "instant" });
  };
}
