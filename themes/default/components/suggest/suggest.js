// "Suggest a change": whoever selects a part of the text can send it to the
// owners of the page as an issue, with the words in question already in it.
{
	const opener = document.querySelector("a[data-suggest]");

	if (opener) {
		const link = Object.assign(document.createElement("a"), { className: "suggest", href: opener.dataset.suggest, rel: "noopener", textContent: "Suggest a change", hidden: true });
		link.dataset.added = ""; // not of the page, for the preview
		document.body.append(link);

		const follow = () => {
			const selected = getSelection();
			const words = selected.rangeCount && !selected.isCollapsed && document.querySelector("main .prose")?.contains(selected.getRangeAt(0).commonAncestorContainer) ? selected.toString().trim() : "";
			link.hidden = words.length < 3 || words.length > 600;
			if (link.hidden) return;
			const at = selected.getRangeAt(0).getBoundingClientRect();
			const title = document.querySelector("h1").textContent;
			const body = `${location.href.split("#")[0]}\n\n${words.replace(/^/gm, "> ")}\n\nBetter:\n`;
			link.href = `${opener.dataset.suggest}${encodeURIComponent(`Handbook: ${title}`)}&body=${encodeURIComponent(body)}`;
			link.style.top = `${scrollY + at.bottom + 8}px`;
			link.style.left = `${Math.max(8, Math.min(scrollX + at.left, innerWidth - link.offsetWidth - 8))}px`;
		};
		let timer;
		document.addEventListener("selectionchange", () => {
			clearTimeout(timer);
			timer = setTimeout(follow, 200);
		});
	}
}
