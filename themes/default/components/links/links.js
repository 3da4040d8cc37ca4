// On a disk nothing turns a folder's address into that of its page.
if (location.protocol === "file:") {
	for (const a of document.querySelectorAll("a[href]")) {
		const to = new URL(a.getAttribute("href"), location.href);
		if (to.protocol === "file:" && to.pathname.endsWith("/")) {
			to.pathname += "index.html";
			a.setAttribute("href", to.href);
		}
	}
}
