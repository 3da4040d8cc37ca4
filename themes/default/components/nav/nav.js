// The menu and the contents are open where they have a column of their own.
// Newer browsers do that by style; this is for the others.
for (const details of document.querySelectorAll("details[data-open-from]")) {
	const wide = matchMedia(`(min-width: ${details.dataset.openFrom})`);
	const set = () => { details.open = wide.matches; };
	wide.addEventListener("change", set);
	set();
}

for (const menu of document.querySelectorAll(".menu")) {
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
}
