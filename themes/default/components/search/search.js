// The way into the search: the link in the header, "/" and Ctrl-K. What searches
// is loaded then, and not before. Without it the link leads to all pages.
{
	const opener = document.querySelector("a[data-find]");

	const finder = () => new Promise((resolve, reject) => {
		if (window.rutterSearch) return resolve(window.rutterSearch);
		const script = document.createElement("script");
		script.src = opener.dataset.find;
		script.onload = () => resolve(window.rutterSearch);
		script.onerror = reject;
		document.head.append(script);
	});

	const place = document.querySelector("[data-search]");
	let field;
	const open = (event) => {
		event.preventDefault();
		if (field) return field.focus();
		finder().then((search) => search.open(), () => { location.href = opener.href; });
	};

	if (opener) {
		opener.addEventListener("click", (event) => {
			if (!event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) open(event);
		});
		addEventListener("keydown", (event) => {
			const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
			if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey || event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) open(event);
		});
		if (place) {
			// Where there is no page, its name is searched for.
			const lost = place.dataset.search === "lost";
			const name = () => {
				const last = location.pathname.replace(/(\/index)?\.html?$|\/$/, "").split("/").pop();
				try {
					return last === "404" ? "" : decodeURIComponent(last).replace(/[^\p{L}\p{N}]+/gu, " ").trim();
				} catch {
					return ""; // no text at all
				}
			};
			finder().then((search) => {
				field = search.mount(place, lost ? name() : new URLSearchParams(location.search).get("q") ?? "", !lost);
				if (!lost) field.focus();
			}, () => {});
		}
	}
}
