// Shows over the page what keeps a newer one back. It stands beside the body, in
// a tree of its own, so that neither the page's style nor its scripts meet it.
// All of it is text; nothing is read as HTML.

const foldedKey = "rutter-preview-folded";

function newOverlay(stylesheet) {
  const host = document.createElement("rutter-preview");
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = stylesheet;
  const box = element("section", "overlay");
  box.setAttribute("aria-label", "Preview");
  box.hidden = true;
  root.append(style, box);
  host.hidden = true;
  style.addEventListener("load", () => (host.hidden = false)); // never without style
  document.documentElement.prepend(host); // first, so that Tab leads to it
  let shown = "";

  const fold = (folded) => {
    if (folded) sessionStorage.setItem(foldedKey, "yes");
    else sessionStorage.removeItem(foldedKey);
    const button = box.querySelector("button");
    box.querySelector(".list").hidden = folded;
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = folded ? "Show" : "Hide";
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !box.hidden && !event.defaultPrevented) fold(true);
  });

  // show takes a state of the server.
  return ({ build, gone, up, findings, more }) => {
    const now = JSON.stringify([gone, up, findings, more]);
    if (now === shown) return; // folded or not, as the reader left it
    shown = now;
    box.hidden = !gone && !findings;
    box.replaceChildren();
    if (box.hidden) {
      sessionStorage.removeItem(foldedKey);
      return;
    }
    const bar = element("div", "bar");
    const title = element("p", "title", overlayTitle(build, gone, findings, more));
    title.setAttribute("role", "alert");
    const button = element("button", "fold");
    button.type = "button";
    button.title = "Escape hides";
    button.setAttribute("aria-controls", "list");
    button.addEventListener("click", () => fold(button.getAttribute("aria-expanded") === "true"));
    bar.append(title, button);
    const list = element("div", "list");
    list.id = "list";
    list.tabIndex = 0; // so that keys scroll it
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", "What to mend");
    if (gone) list.append(overlayGone(up));
    for (const f of findings ?? []) list.append(overlayFinding(f));
    if (more) list.append(element("p", "more", `${more} more in the terminal`));
    box.append(bar, list);
    fold(sessionStorage.getItem(foldedKey) === "yes");
  };
}

function element(name, part, text) {
  const e = document.createElement(name);
  e.className = part;
  if (text !== undefined) e.textContent = text;
  return e;
}

function overlayTitle(build, gone, findings, more) {
  if (!findings) return "This page is gone";
  const count = findings.length + more;
  const errors = count === 1 ? "1 error" : `${count} errors`;
  return build === 0 ? `${errors}: mend to see your site` : `${errors}: you see the last good build`;
}

function overlayGone(up) {
  const item = element("div", "finding");
  const text = element("p", "message", "Its file was moved or deleted. Go to ");
  const link = element("a", "", up);
  link.href = up;
  text.append(link);
  item.append(text);
  return item;
}

function overlayFinding({ place, code, message, source, hint, related }) {
  const item = element("div", "finding");
  item.append(element("p", "place", `${place} ${code}`), element("p", "message", message));
  if (source) item.append(element("pre", "source", source));
  for (const text of [hint, ...(related ?? [])]) if (text) item.append(element("p", "hint", text));
  return item;
}
