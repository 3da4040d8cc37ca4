// Follows the server: a newer version of the page is swapped in, and what keeps
// one back is shown over the last good page.

const script = document.currentScript;
const gone = script.hasAttribute("data-gone"); // there was no such page from the beginning
const scrollKey = "rutter-preview-scroll";
const show = newOverlay(script.src.replace(/preview\.js$/, "preview.css"));
let version = script.dataset.version;
let source = null;

const at = sessionStorage.getItem(scrollKey);
if (at !== null) {
  sessionStorage.removeItem(scrollKey);
  const [path, top] = JSON.parse(at);
  if (path === location.pathname) addEventListener("load", () => scrollTo({ top, behavior: "instant" }));
}

const reload = () => {
  source?.close();
  sessionStorage.setItem(scrollKey, JSON.stringify([location.pathname, scrollY]));
  location.reload();
};

const read = async () => parse(await (await fetch(location.pathname + location.search)).text());

// The page as it was served: the document itself may not be that any more.
let served = read().catch(() => null);
let updating = false;
let again = false;

const update = async () => {
  if (updating) {
    again = true;
    return;
  }
  updating = true;
  try {
    const before = await served;
    const after = await read().catch(() => null);
    if (!after) return; // the server ended; it says how things stand when it is back
    if (before?.version !== version || after.gone !== gone || !(await swap(before.page, after.page))) {
      reload();
      return;
    }
    version = after.version;
    served = Promise.resolve(after);
  } catch (err) {
    console.warn(err);
    reload();
  } finally {
    updating = false;
    if (again) {
      again = false;
      update();
    }
  }
};

const receive = (event) => {
  const state = JSON.parse(event.data);
  show({ ...state, gone: state.gone && !gone });
  if (state.gone && !gone) return; // the last of it stays
  if (state.gone !== gone) reload();
  else if (state.version !== version) update();
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
  const events = new URL(script.src.replace(/preview\.js$/, "events"));
  events.searchParams.set("page", location.pathname);
  const stream = (source = new EventSource(events));
  stream.addEventListener("message", receive);
  stream.addEventListener("error", () => {
    if (stream === source && stream.readyState === EventSource.CLOSED) refused();
  });
};
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", listen);
