// Reloads the page after a build and shows findings over the last good one.
(() => {
  "use strict";
  const source = new EventSource(document.currentScript.src.replace(/preview\.js$/, "events"));
  const key = "rutter-preview-scroll";
  let build = null;

  const at = sessionStorage.getItem(key);
  if (at !== null) {
    sessionStorage.removeItem(key);
    const [path, y] = JSON.parse(at);
    if (path === location.pathname) addEventListener("load", () => scrollTo(0, y));
  }

  const element = (name, className, text) => {
    const e = document.createElement(name);
    e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  };

  const overlay = (findings) => {
    document.querySelector(".preview-overlay")?.remove();
    if (!findings) return;
    const box = element("section", "preview-overlay");
    box.setAttribute("role", "alert");
    box.append(element("h2", "preview-title", "This is the last good build. Mend these to see your change:"));
    for (const f of findings) {
      const item = element("div", "preview-finding");
      item.append(element("p", "preview-place", `${f.place} ${f.code}`));
      item.append(element("p", "preview-message", f.message));
      if (f.source) item.append(element("pre", "preview-source", f.source));
      if (f.hint) item.append(element("p", "preview-hint", f.hint));
      box.append(item);
    }
    const close = element("button", "preview-close", "Hide");
    close.type = "button";
    close.addEventListener("click", () => box.remove());
    box.append(close);
    document.body.append(box);
  };

  source.addEventListener("message", (event) => {
    const state = JSON.parse(event.data);
    if (build !== null && state.build !== build && !state.findings) {
      sessionStorage.setItem(key, JSON.stringify([location.pathname, scrollY]));
      location.reload();
      return;
    }
    build = state.build;
    overlay(state.findings);
  });
})();
