// Search in the browser. It is loaded when a reader first asks for it, and reads
// the index that package search has written: a manifest, a shard of words or two
// for a query, and a fragment for each page that is shown. All of them are
// scripts that call rutterFound, so that they load from a disk as well.
(() => {
	const opener = document.querySelector("a[data-find]");
	const folder = new URL(opener.dataset.index, location.href);
	const root = new URL("..", folder);

	// --- Loading -------------------------------------------------------------

	window.rutterFound = (what, ...values) => { document.currentScript.found = values; };

	const loaded = new Map();
	const load = (file) => {
		if (!loaded.has(file)) {
			const script = document.createElement("script");
			script.src = new URL(file, folder).href;
			loaded.set(file, new Promise((resolve, reject) => {
				script.onload = () => { script.remove(); resolve(script.found); };
				script.onerror = () => {
					script.remove();
					loaded.delete(file); // the next try may reach it
					reject(new Error(`${file} cannot be loaded`));
				};
			}));
			document.head.append(script);
		}
		return loaded.get(file);
	};

	const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
	const reader = (bytes) => {
		let at = 0;
		return {
			get at() { return at; },
			more: () => at < bytes.length,
			byte: () => bytes[at++],
			skip: (n) => { at += n; },
			number: () => {
				let n = 0, shift = 0;
				for (;;) {
					const b = bytes[at++];
					n |= (b & 127) << shift;
					if (b < 128) return n;
					shift += 7;
				}
			},
		};
	};
	const numbersOf = (text) => {
		const r = reader(bytesOf(text)), list = [];
		for (let n = 0; r.more();) list.push(n += r.number());
		return list;
	};
	const wordsOf = (text) => {
		let last = "";
		return text.split(" ").slice(0, -1).map((w) => last = last.slice(0, w.charCodeAt(0) - 48) + w.slice(1));
	};

	let ready;
	const manifest = () => ready ??= load("index.js").then(([m]) => ({
		...m,
		shards: ["", ...(m.shards ? m.shards.split(" ") : [])],
		old: new Set(numbersOf(m.old)),
		kinds: new Map(m.kinds.map(([kind, label, list]) => [kind, { label, has: new Set(numbersOf(list)) }])),
		synonyms: (m.synonyms ?? []).map(([from, to]) => [split(from), split(to)]),
		titles: new Map(m.titles.map(([n, title, address, kind]) => [parseInt(n, 36), { title, address, kind, words: split(title) }])),
	})).catch((e) => { ready = undefined; throw e; });

	const shards = new Map();
	const shard = async (from) => {
		if (!shards.has(from)) {
			const plain = /^[a-z0-9]+$/.test(from);
			const hex = () => [...new TextEncoder().encode(from)].map((b) => b.toString(16).padStart(2, "0")).join("");
			const [, words, packed] = await load(`words/${plain ? `${from}-` : `-${hex()}`}.js`);
			const bytes = bytesOf(packed), r = reader(bytes), at = [];
			const list = wordsOf(words);
			for (let i = 0; i < list.length; i++) {
				const length = r.number();
				const pages = r.number();
				at.push([r.at, length, pages]);
				r.skip(length);
			}
			shards.set(from, { words: list, at, bytes });
		}
		return shards.get(from);
	};

	// The pages that have a word: numbers and weights.
	const pagesOf = (s, i) => {
		const [at, length] = s.at[i];
		const r = reader(s.bytes.subarray(at, at + length)), list = [];
		for (let n = 0; r.more();) {
			n += r.number();
			list.push([n, r.byte()]);
		}
		return list;
	};

	const fragments = new Map();
	const fragment = async (n) => {
		if (!fragments.has(n)) {
			const [, [title, address, kind, label, section, due, summary, keywords, parts]] = await load(`pages/${n.toString(36)}.js`);
			fragments.set(n, { title, address, kind, label, section, due, summary, keywords, parts });
		}
		return fragments.get(n);
	};

	// --- Words: as in words.go -----------------------------------------------

	const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/[\p{M}'’]+/gu, "").normalize("NFC");
	const dense = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]+|[^\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]+/gu;
	const isDense = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]/u;
	const split = (text) => {
		const list = [];
		for (const run of fold(text).match(/[\p{L}\p{N}]+/gu) ?? []) {
			for (const part of run.match(dense)) {
				const letters = [...part];
				if (!isDense.test(part)) {
					if (part.length > 1) list.push(part);
				} else if (letters.length === 1) {
					list.push(part);
				} else {
					for (let i = 0; i + 1 < letters.length; i++) list.push(letters[i] + letters[i + 1]);
				}
			}
		}
		return list;
	};
	const common = new Set("a about after all also an and any are as at be been but by can could did do does for from had has have how i if in into is it its just may me more most my no not of on one only or other our out should so some such than that the their them then there these they this those to up us was we were what when where which who why will with would you your".split(" "));

	// Two words of one stem are forms of one word. It is a rough rule for English,
	// by endings; elsewhere words match by their beginnings.
	const stem = (w) => {
		if (!english || w.length < 4 || /\d/.test(w)) return w;
		w = w.replace(/(ss|x|ch|sh)es$/, "$1").replace(/ies$/, "y").replace(/([^su])s$/, "$1");
		const bare = w.replace(/(?:ment|ing|ed|er|or|ation|ion|ly|ness|ance|ence|able|ible)$/, "");
		if (bare.length >= 4 || bare.length === 3 && /[aeiouy]/.test(bare) && /(ing|ed)$/.test(w)) w = bare;
		return w.replace(/([^aeioulsz])\1$/, "$1").replace(/[ey]$/, "");
	};
	let english = true;

	// At most one letter more, less or other, or two in the wrong order.
	const near = (a, b) => {
		if (a === b || Math.abs(a.length - b.length) > 1) return a === b;
		let i = 0;
		while (i < a.length && a[i] === b[i]) i++;
		let x = a.length, y = b.length;
		while (x > i && y > i && a[x - 1] === b[y - 1]) { x--; y--; }
		return x - i <= 1 && y - i <= 1 || x - i === 2 && y - i === 2 && a[i] === b[i + 1] && a[i + 1] === b[i];
	};

	// --- Finding -------------------------------------------------------------

	// The words of the index that a word of the query may mean, with how well each
	// does: { word, like, shard, i }.
	const meaning = async (m, word, last) => {
		const base = stem(word);
		const begin = word.length < 4 ? word : base.length > 4 && word.startsWith(base) ? base.slice(0, -1) : base.length > 4 ? base.slice(0, -1) : word.slice(0, Math.min(word.length, 4));
		const end = begin + "\uffff";
		let first = m.shards.length - 1;
		while (first > 0 && m.shards[first] > begin) first--;
		const from = [];
		for (let i = first; i < m.shards.length && m.shards[i] <= end && from.length < (word.length < 4 && !last ? 1 : 2); i++) from.push(m.shards[i]);
		const found = [];
		for (const s of await Promise.all(from.map(shard))) {
			for (let i = 0; i < s.words.length; i++) {
				const w = s.words[i];
				if (!w.startsWith(begin)) continue;
				let like = 0;
				if (w === word) like = 1;
				else if (word.length > 3 && stem(w) === base) like = 0.9;
				else if (w.startsWith(word) && (last || word.length > 3)) like = (last ? 0.5 : 0.25) + 0.35 * word.length / w.length;
				if (like) found.push({ word: w, like, shard: s, i });
			}
		}
		return found.sort((a, b) => b.like - a.like).slice(0, 40);
	};

	// What a word with a slip may have been.
	const guess = async (m, word, last) => {
		if (word.length < 5) return [];
		const [list] = await load("words.js");
		const known = guess.known ??= wordsOf(list);
		let close = known.filter((w) => near(word, w));
		if (!close.length && last) close = known.filter((w) => w.length > word.length && near(word, w.slice(0, word.length)));
		close.sort((a, b) => (b[0] === word[0]) - (a[0] === word[0]) || Math.abs(a.length - word.length) - Math.abs(b.length - word.length));
		const found = [];
		for (const w of close.slice(0, 4)) {
			for (const c of await meaning(m, w, false)) if (c.like >= 0.9) found.push({ ...c, like: c.like * 0.6 });
		}
		return found;
	};

	const weigh = (w) => [0, 6, 8, 11][w >> 6] + (w & 32 ? 3 : 0) + (w & 16 ? 5 : 0) + (w & 15) * 0.35;

	// Each page's weight for one word of the query.
	const score = (found) => {
		const pages = new Map();
		let most = 1;
		for (const c of found) {
			most = Math.max(most, c.shard.at[c.i][2]);
			for (const [n, w] of pagesOf(c.shard, c.i)) {
				const v = c.like * weigh(w);
				const old = pages.get(n);
				if (!old || old.v < v) pages.set(n, { v, title: w >> 6 > 0 || (old?.title ?? false) });
				else if (w >> 6) old.title = true;
			}
		}
		return { pages, count: Math.max(most, pages.size) };
	};

	// find ranks the pages for a query.
	const find = async (query) => {
		const m = await manifest();
		english = !m.language || /^en\b/.test(m.language);
		const all = split(query);
		let words = all.filter((w, i) => !common.has(w) && all.indexOf(w) === i);
		if (!words.length) words = all;
		const open = /[\p{L}\p{N}]$/u.test(query); // the last word may go on
		const terms = new Set(), guessed = [];
		const parts = await Promise.all(words.map(async (word, i) => {
			const last = open && word === all[all.length - 1];
			let found = await meaning(m, word, last);
			if (!found.length) {
				found = await guess(m, word, last);
				if (found.length) guessed.push([word, found[0].word]);
			}
			for (const c of found) terms.add(c.word);
			return { word, ...score(found) };
		}));
		// What the glossary says is the same: each word of it on one page counts.
		for (const [from, to] of m.synonyms) {
			const at = all.findIndex((_, i) => from.length && from.every((w, j) => all[i + j] === w));
			if (at < 0) continue;
			const other = await Promise.all(to.filter((w) => !common.has(w)).map(async (w) => score((await meaning(m, w, false)).filter((c) => c.like >= 0.9))));
			if (!other.length) continue;
			for (const [n] of other[0].pages) {
				if (!other.every((o) => o.pages.has(n))) continue;
				const v = 0.8 * Math.min(...other.map((o) => o.pages.get(n).v));
				for (const p of parts) {
					if (from.includes(p.word) && (p.pages.get(n)?.v ?? 0) < v) p.pages.set(n, { v, title: other.every((o) => o.pages.get(n).title) });
				}
			}
			for (const w of to) terms.add(w);
		}
		const pages = new Map();
		for (const p of parts) {
			const rare = Math.log(1 + (m.pages - p.count + 0.5) / (p.count + 0.5)) + 0.2;
			for (const [n, { v, title }] of p.pages) {
				const old = pages.get(n) ?? { n, v: 0, words: 0, titles: 0 };
				old.v += rare * v;
				old.words++;
				if (title) old.titles++;
				pages.set(n, old);
			}
		}
		let results = [...pages.values()];
		const most = results.reduce((x, r) => Math.max(x, r.words), 0);
		results = results.filter((r) => r.words === most || r.words >= words.length * 0.6);
		for (const r of results) {
			r.v *= (r.words / words.length) ** 2;
			if (r.titles === words.length) r.v *= 1.3;
			if (m.old.has(r.n)) r.v *= 0.4;
			const t = m.titles.get(r.n);
			if (t) {
				const asked = t.words.filter((w) => !common.has(w));
				if (asked.length && asked.every((w) => terms.has(w))) r.v *= 1.4;
				if (t.words.join(" ") === all.join(" ")) r.v *= 1.5;
			}
		}
		results.sort((a, b) => b.v - a.v || a.n - b.n);
		const kinds = new Map();
		for (const [kind, { has }] of m.kinds) {
			const count = results.filter((r) => has.has(r.n)).length;
			if (count) kinds.set(kind, count);
		}
		return { words, all, terms, guessed, results, kinds, manifest: m };
	};

	// The parts of a page that answer, best first: each with the words it has.
	const answers = (page, f) => page.parts.map(([id, title, text], i) => {
		const inTitle = new Set(), inText = new Set();
		const note = (list, set) => {
			for (const w of list) {
				for (const q of f.words) if (alike(w, q, f)) set.add(q);
				if (f.terms.has(w)) set.add("");
			}
		};
		note(split(title), inTitle);
		note(split(text), inText);
		return { id, title, text, i, v: 3 * inTitle.size + inText.size + (i === 0 ? 0.5 : 0), inTitle: inTitle.size };
	}).filter((a) => a.v >= 1).sort((a, b) => b.v - a.v || a.i - b.i);

	// rank puts pages in order with their texts at hand: words side by side, as in
	// the query, mean more than words apart.
	const rank = async (f, results) => {
		const pages = await Promise.all(results.map((r) => fragment(r.n).catch(() => undefined)));
		const pairs = f.all.slice(1).map((w, i) => [f.all[i], w]).filter(([a, b]) => !common.has(a) && !common.has(b));
		const beside = (words) => pairs.filter(([a, b]) => words.some((w, i) => alike(w, a, f) && i + 1 < words.length && alike(words[i + 1], b, f))).length;
		return results.map((r, i) => ({ r, page: pages[i] })).filter(({ page }) => page).map(({ r, page }) => {
			const parts = answers(page, f);
			let v = r.v;
			if (pairs.length) {
				const named = Math.max(beside(split(page.title)), beside(split(page.keywords)), ...parts.slice(0, 6).map((p) => 0.7 * beside(split(p.title))));
				const said = Math.max(0, ...parts.slice(0, 6).map((p) => beside(split(p.text))));
				v *= 1 + (0.5 * named + 0.25 * said) / pairs.length;
			}
			return { page, parts, v };
		}).sort((a, b) => b.v - a.v);
	};
	const alike = (word, asked, f) => word === asked || f.terms.has(word) && (stem(word) === stem(asked) || word.startsWith(asked));

	// A piece of text around the words that were found, as pieces: [text, found].
	const excerpt = (text, f, length = 170) => {
		const words = [...text.matchAll(/[\p{L}\p{N}\p{M}'’]+/gu)].map((w) => ({ at: w.index, end: w.index + w[0].length, hit: split(w[0]).some((t) => f.terms.has(t)) }));
		const hits = words.filter((w) => w.hit);
		if (!hits.length) return text ? [[text.length > length ? `${text.slice(0, length).replace(/\s\S*$/, "")} …` : text, false]] : [];
		let best = 0, most = 0;
		for (let i = 0; i < hits.length; i++) {
			const n = new Set(hits.filter((h) => h.at >= hits[i].at && h.end < hits[i].at + length - 30).map((h) => fold(text.slice(h.at, h.end)))).size;
			if (n > most) [best, most] = [i, n];
		}
		let from = Math.max(0, hits[best].at - 45);
		if (from > 0) from = (words.find((w) => w.at >= from) ?? hits[best]).at;
		let to = Math.min(text.length, from + length);
		if (to < text.length) to = [...words].reverse().find((w) => w.end <= to)?.end ?? to;
		const pieces = [];
		if (from > 0) pieces.push(["… ", false]);
		let at = from;
		for (const h of hits.filter((h) => h.at >= from && h.end <= to)) {
			if (h.at > at) pieces.push([text.slice(at, h.at), false]);
			pieces.push([text.slice(h.at, h.end), true]);
			at = h.end;
		}
		if (at < to) pieces.push([text.slice(at, to), false]);
		if (to < text.length) pieces.push([" …", false]);
		return pieces;
	};

	// --- Showing -------------------------------------------------------------

	const element = (name, attributes = {}, ...children) => {
		const e = document.createElement(name);
		for (const [k, v] of Object.entries(attributes)) if (v !== undefined && v !== false) e.setAttribute(k, v === true ? "" : v);
		e.append(...children.filter((c) => c !== undefined));
		return e;
	};
	const marked = (pieces) => pieces.map(([text, hit]) => hit ? element("mark", {}, text) : text);
	const stored = (value) => { // some readers allow no storage
		try {
			if (value !== undefined) localStorage.setItem("rutter-searches", JSON.stringify(value));
			const list = JSON.parse(localStorage.getItem("rutter-searches"));
			return Array.isArray(list) ? list.filter((q) => typeof q === "string") : [];
		} catch {
			return [];
		}
	};
	const remember = (query) => stored([query, ...stored().filter((q) => q !== query)].slice(0, 5));

	// The address of a part of a page; the browser marks where the words are.
	const addressOf = (page, part, pieces) => {
		const to = new URL(page.address, root);
		if (root.protocol === "file:") to.pathname += "index.html";
		const at = pieces?.findIndex(([, hit]) => hit) ?? -1;
		let text = "";
		if (at >= 0) {
			const after = /^[\s\p{L}\p{N}'’]*/u.exec(pieces[at + 1]?.[0] ?? "")[0].trim().split(/\s+/).slice(0, 3).join(" ");
			text = `:~:text=${encodeURIComponent(`${pieces[at][0]} ${after}`.trim()).replace(/-/g, "%2D")}`;
		}
		to.hash = `${part?.id ?? ""}${text}`;
		return to.href;
	};

	let panels = 0;
	const few = 6; // pages at a time

	// A field with its results, in a place on a page or in a dialog. The page of the
	// search has what is searched for in its address.
	const panel = (initial, inDialog, inAddress) => {
		const id = `rt-found-${panels++}`;
		const input = element("input", {
			class: "search-field", type: "text", inputmode: "search", enterkeyhint: "search", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
			role: "combobox", "aria-label": "Search", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", placeholder: opener.dataset.placeholder ?? "Search",
		});
		const state = element("p", { class: "search-state", role: "status" });
		const chips = element("div", { class: "search-kinds", role: "group", "aria-label": "Show only" });
		const list = element("div", { class: "search-results", id, role: "listbox", "aria-label": "Results" });
		const help = element("div", { class: "search-help" });
		const box = element("div", { class: "search-panel" }, input, state, chips, list, help);
		let options = [], active = -1, turn = 0, kind = "", shown = few;

		const activate = (i) => {
			options[active]?.setAttribute("aria-selected", "false");
			active = i;
			const o = options[active];
			if (o) {
				o.setAttribute("aria-selected", "true");
				o.scrollIntoView({ block: "nearest" });
				input.setAttribute("aria-activedescendant", o.id);
			} else {
				input.removeAttribute("aria-activedescendant");
			}
		};
		const option = (href, ...children) => {
			const o = element("a", { href, role: "option", id: `${id}-${options.length}`, "aria-selected": "false", tabindex: "-1" }, ...children);
			o.addEventListener("click", () => {
				remember(input.value.trim());
				if (inDialog) setTimeout(() => box.closest("dialog")?.close());
			});
			options.push(o);
			return o;
		};
		const clear = () => {
			options = [];
			activate(-1);
			list.replaceChildren();
			chips.replaceChildren();
			help.replaceChildren();
			list.hidden = true;
			input.setAttribute("aria-expanded", "false");
		};
		const say = (text) => { state.textContent = text; };

		const recent = () => {
			clear();
			say("");
			const list = stored();
			if (!list.length) return;
			const again = list.map((q) => {
				const b = element("button", { type: "button", class: "search-recent" }, q);
				b.addEventListener("click", () => { input.value = q; input.focus(); search(); });
				return b;
			});
			const forget = element("button", { type: "button", class: "search-forget" }, "Forget these");
			forget.addEventListener("click", () => { stored([]); recent(); input.focus(); });
			help.append(element("p", { class: "search-title" }, "You searched for"), element("div", { class: "search-again" }, ...again, forget));
		};

		const nothing = (f) => {
			clear();
			const query = input.value.trim();
			say(`Nothing found for “${query}”`);
			const tips = element("ul", {});
			const tip = (...c) => tips.append(element("li", {}, ...c));
			if (f?.words.length > 1) tip("Try fewer words, or one that the page must have.");
			tip("Look through ", element("a", { href: opener.href }, "all pages from A to Z"), ".");
			const suggest = opener.dataset.suggest;
			if (suggest) tip("Is something missing? ", element("a", { href: `${suggest}${encodeURIComponent(`Handbook: nothing about “${query}”`)}`, rel: "noopener" }, "Suggest it"), ".");
			help.append(tips);
		};

		const show = async (f, mine) => {
			const chosen = kind ? f.results.filter((r) => f.manifest.kinds.get(kind).has.has(r.n)) : f.results;
			const rows = await rank(f, chosen.slice(0, shown));
			if (mine !== turn) return;
			if (!rows.length) return nothing(f);
			clear();
			for (const { page, parts } of rows) {
				const whole = parts.find((p) => !p.id) ?? parts[0];
				const pieces = excerpt(whole?.text || page.summary, f);
				const due = page.due && page.due < new Date().toISOString().slice(0, 10);
				const group = element("div", { role: "group", "aria-label": page.title, class: "search-page" });
				group.append(option(addressOf(page, whole?.id ? undefined : whole, whole?.id ? undefined : pieces),
					element("span", { class: "search-name" }, ...marked(excerpt(page.title, f, 500))),
					page.label || page.section ? element("span", { class: "search-kind" }, [page.label, page.section].filter((x, i, l) => x && l.indexOf(x) === i).join(" · ")) : undefined,
					due ? element("span", { class: "search-due" }, "Due for a review") : undefined,
					element("span", { class: "search-text" }, ...marked(whole?.id ? excerpt(page.summary || page.parts[0]?.[2] || "", f) : pieces))));
				for (const p of parts.filter((p) => p.id && p.title).slice(0, 3)) {
					const text = excerpt(p.text, f, 110);
					group.append(option(addressOf(page, p, text), element("span", { class: "search-part" }, ...marked(excerpt(p.title, f, 200))), element("span", { class: "search-text" }, ...marked(text))));
				}
				list.append(group);
			}
			list.hidden = false;
			input.setAttribute("aria-expanded", "true");
			const n = chosen.length;
			const instead = f.guessed.map(([was, is]) => `“${is}” for “${was}”`).join(", ");
			say(`${n === 1 ? "1 page" : `${n} pages`}${instead ? `, with ${instead}` : ""}`);
			if (f.kinds.size > 1 || kind) {
				const chip = (k, label, count) => {
					const b = element("button", { type: "button", class: "chip", "aria-pressed": String(kind === k) }, label, element("span", {}, ` ${count}`));
					b.addEventListener("click", () => { kind = kind === k ? "" : k; shown = few; show(f, turn).then(() => input.focus()); });
					chips.append(b);
				};
				chip("", "All", f.results.length);
				for (const [k, count] of [...f.kinds].sort((a, b) => b[1] - a[1])) chip(k, f.manifest.kinds.get(k).label, count);
			}
			if (n > shown) {
				const more = element("button", { type: "button", class: "search-more" }, `Show ${Math.min(few, n - shown)} more`);
				more.addEventListener("click", () => { const at = options.length; shown += few; show(f, turn).then(() => { activate(Math.min(at, options.length - 1)); input.focus(); }); });
				help.append(more);
			}
			if (inDialog) help.append(element("a", { class: "search-all", href: `${opener.href}?q=${encodeURIComponent(input.value.trim())}` }, "A page to share"));
		};

		const search = async () => {
			const query = input.value, mine = ++turn;
			shown = few;
			if (inAddress) history.replaceState(history.state, "", query.trim() ? `?q=${encodeURIComponent(query.trim())}` : location.pathname);
			if (!query.trim()) { kind = ""; return recent(); }
			try {
				const f = await find(query);
				if (mine !== turn) return;
				if (kind && !f.kinds.has(kind)) kind = "";
				if (f.results.length) await show(f, mine); else nothing(f);
			} catch {
				if (mine !== turn) return;
				clear();
				say("The search could not be loaded. Are you offline?");
				help.append(element("p", {}, element("a", { href: opener.href }, "All pages from A to Z")));
			}
		};
		input.addEventListener("input", search);
		input.addEventListener("keydown", (e) => {
			const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
			if (step && options.length) {
				e.preventDefault();
				activate(active < 0 && step < 0 ? options.length - 1 : (active + step + options.length + 1) % (options.length + 1) === options.length ? -1 : (active + step + options.length + 1) % (options.length + 1));
			} else if (e.key === "Enter" && !e.isComposing) {
				const to = options[active] ?? options[0];
				if (!to) return;
				e.preventDefault();
				if (e.ctrlKey || e.metaKey) {
					remember(input.value.trim());
					window.open(to.href, "_blank", "noopener");
				} else {
					to.click();
				}
			} else if (e.key === "Escape" && !inDialog && input.value) {
				input.value = "";
				search();
			}
		});
		input.value = initial;
		search();
		return { box, input };
	};

	let dialog, field;
	window.rutterSearch = {
		// open shows the dialog.
		open: () => {
			if (!dialog) {
				const p = panel("", true);
				const close = element("button", { type: "button", class: "search-close" }, "Close");
				dialog = element("dialog", { class: "search", "aria-label": "Search", "data-added": "" }, p.box, close);
				close.addEventListener("click", () => dialog.close());
				dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });
				field = p.input;
				document.body.append(dialog);
			}
			if (!dialog.open) dialog.showModal();
			field.focus();
			field.select();
		},
		// mount puts the search into a place on the page.
		mount: (place, query, inAddress) => {
			const p = panel(query, false, inAddress);
			place.replaceChildren(p.box);
			return p.input;
		},
		// words are those of a text, and find is the search without anything to see:
		// pages, best first.
		words: split,
		find: async (query, count = 10) => {
			const f = await find(query);
			return (await rank(f, f.results.slice(0, count))).map(({ page, v }) => ({ title: page.title, address: page.address, v }));
		},
	};
})();
