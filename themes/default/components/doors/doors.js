// The role that somebody has chosen, on the home page: its first pages, again on
// each visit. Some readers allow no storage; then it lasts as long as the page.
{
	const stored = (...value) => {
		try {
			if (value.length) localStorage.setItem("rutter.role", value[0]);
			return localStorage.getItem("rutter.role") ?? "";
		} catch {
			return value[0] ?? "";
		}
	};

	const show = (key) => {
		for (const a of document.querySelectorAll("[data-door]")) {
			const chosen = a.dataset.door === key;
			if (chosen) a.setAttribute("aria-current", "true");
			else a.removeAttribute("aria-current");
			document.getElementById(`rt-door-${a.dataset.door}`).hidden = !chosen;
		}
	};

	document.addEventListener("click", (event) => {
		const a = event.target.closest?.("[data-door]");
		if (!a || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
		event.preventDefault();
		show(stored(a.hasAttribute("aria-current") ? "" : a.dataset.door));
	});
	document.addEventListener("rutter:swap", () => show(stored()));
	show(stored());
}
