// The choice of colours, at the end of each page. static/first.js makes it so on
// the next page, before it is drawn.
{
	const place = document.querySelector(".footer ul");
	const root = document.documentElement;

	if (place) {
		const select = document.createElement("select");
		for (const [value, name] of [["", "as the system"], ["light", "light"], ["dark", "dark"]]) select.add(new Option(name, value));
		select.value = root.dataset.theme ?? "";
		select.addEventListener("change", () => {
			if (select.value) root.dataset.theme = select.value;
			else delete root.dataset.theme;
			try {
				localStorage.setItem("rutter.theme", select.value);
			} catch {
				// it lasts as long as the page
			}
		});
		const label = document.createElement("label");
		label.append("Colours: ", select);
		const item = document.createElement("li");
		item.className = "colours";
		item.dataset.added = ""; // not of the page, for the preview
		item.append(label);
		place.append(item);
	}
}
