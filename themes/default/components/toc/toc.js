// Marks in the contents the heading that the reader is at.
{
	let entries = [];
	const collect = () => {
		entries = [];
		for (const link of document.querySelectorAll(".toc a")) {
			const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
			if (heading) entries.push({ link, heading });
		}
		mark();
	};

	let asked = false;
	const mark = () => {
		asked = false;
		const at = entries.findLast(({ heading }) => heading.getBoundingClientRect().top < innerHeight / 4);
		for (const entry of entries) {
			if (entry === at) entry.link.setAttribute("aria-current", "true");
			else entry.link.removeAttribute("aria-current");
		}
	};

	addEventListener("scroll", () => {
		if (!asked) requestAnimationFrame(mark);
		asked = true;
	}, { passive: true });
	document.addEventListener("rutter:swap", collect);
	collect();
}
