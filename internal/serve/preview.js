// Loads the page again after a build, where it was, and shows over the last
// good page what keeps a newer one back.
(() => {
  "use strict";
  const script = document.currentScript;
  const key = "rutter-preview-scroll";
  let source = null;
  let box = null;
  let shown = "null";

  const at = sessionStorage.getItem(key);
  if (at !== null) {
    sessionStorage.removeItem(key);
    const [path, top] = JSON.parse(at);
    if (path === location.pathname) addEventListener("load", () => scrollTo({ top, behavior: "instant" }));
  }

  const reload = () => {
    source?.close();
    sessionStorage.setItem(key, JSON.stringify([location.pathname, scrollY]));
    location.reload();
  };

  const element = (name, part, text) => {
    const e = document.createElement(name);
    e.className = `preview-${part}`;
    if (text !== undefined) e.textContent = text;
    return e;
  };

  const hide = () => {
    box?.remove();
    box = null;
  };

  const overlay = ({ build, findings, more }) => {
    const now = JSON.stringify(findings);
    if (now === shown) return; // as it was hidden, or still stands there
    shown = now;
    hide();
    if (!findings) return;
    box = element("section", "overlay");
    box.setAttribute("aria-label", "Errors of the build");
    const title = element("p", "title", build === 0 ? "Mend this to see your site:" : "The page is of the last good build. Mend this to see your change:");
    title.setAttribute("role", "alert");
    const close = element("button", "close", "Hide");
    close.type = "button";
    close.title = "Escape";
    close.addEventListener("click", hide);
    box.append(close, title);
    for (const f of findings) {
      const item = element("div", "finding");
      item.append(element("p", "place", `${f.place} ${f.code}`), element("p", "message", f.message));
      if (f.source) item.append(element("pre", "source", f.source));
      for (const text of [f.hint, ...(f.related ?? [])]) if (text) item.append(element("p", "hint", text));
      box.append(item);
    }
    if (more) box.append(element("p", "finding", `${more} more in the terminal`));
    document.body.prepend(box); // first, so that Tab leads to the button
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  const receive = (event) => {
    const state = JSON.parse(event.data);
    if (String(state.build) !== script.dataset.build) reload();
    else overlay(state);
  };

  // The stream was refused. A server that does not know this script has been
  // started since; any other may have room later.
  const refused = async () => {
    const answer = await fetch(script.src, { method: "HEAD" }).catch(() => null);
    if (answer?.status === 404) reload();
    else setTimeout(listen, 2000);
  };

  // A page that nobody sees holds no stream: browsers open only six to a server.
  const listen = () => {
    source?.close();
    if (document.hidden) return;
    const stream = (source = new EventSource(script.src.replace(/preview\.js$/, "events")));
    stream.addEventListener("message", receive);
    stream.addEventListener("error", () => {
      if (stream === source && stream.readyState === EventSource.CLOSED) refused();
    });
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", listen);
})();
