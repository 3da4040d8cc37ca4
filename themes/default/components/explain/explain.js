// A link to a period leads into a closed part of the page. Where the browser does
// not open that by itself, open it.
(() => {
	const open = () => {
		const rows = document.getElementById(decodeURIComponent(location.hash.slice(1)));
		const part = rows && rows.closest("details.period");
		if (part && !part.open) {
			part.open = true;
			rows.scrollIntoView();
		}
	};
	open();
	addEventListener("hashchange", open);
})();
