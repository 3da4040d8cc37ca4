// The menu and the contents are open where they have a column of their own.
// Newer browsers do that by style; this is for the others.
{
	const ready = new WeakSet(); // a preview brings new ones into the page

	const follow = (details) => {
		const wide = matchMedia(`(min-width: ${details.dataset.openFrom})`);
		const set = () => { details.open = wide.matches; };
		wide.addEventListener("change", set);
		set();
	};

	const menu = (menu) => {
		const button = menu.querySelector("summary");
		addEventListener("keydown", (event) => {
			if (event.key === "Escape" && menu.open && button.checkVisibility()) {
				menu.open = false;
				button.focus();
			}
		});

		// In a long section the reader's place is in sight.
		const panel = menu.querySelector(".menu-panel");
		const current = panel.querySelector('.nav [aria-current="page"]');
		if (current && current.offsetTop > panel.clientHeight * 0.8) {
			panel.scrollTop = current.offsetTop - panel.clientHeight / 2;
		}
	};

	const setUp = () => {
		const found = document.querySelectorAll("details[data-open-from], .menu");
		for (const e of found) {
			if (ready.has(e)) continue;
			ready.add(e);
			if (e.dataset.openFrom) follow(e);
			if (e.matches(".menu")) menu(e);
		}
	};
	document.addEventListener("rutter:swap", setUp);
	setUp();
}
