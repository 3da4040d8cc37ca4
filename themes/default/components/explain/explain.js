// A link to a period leads into a closed part of the page: open it.
(() => {
	const open = () => {
		const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
		if (part && part.matches("details.period")) {
			part.open = true;
			part.scrollIntoView();
		}
	};
	open();
	addEventListener("hashchange", open);
})();
