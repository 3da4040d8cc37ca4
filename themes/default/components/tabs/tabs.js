// Shows one tab of a group at a time. A choice holds for every group with a tab of
// that title, and for the next visit where the browser keeps it.
{
	const groups = new Map(); // each with its tabs
	const title = (tab) => tab.textContent;
	const key = (tabs) => "rutter-tabs " + tabs.map(title);
	const set = (e, all) => { for (const name in all) e.setAttribute(name, all[name]); };

	const show = (tabs, tab) => {
		for (const t of tabs) {
			set(t, { "aria-selected": t === tab, tabindex: t === tab ? 0 : -1 });
			t.panel.hidden = t === tab ? false : "until-found";
		}
	};

	const choose = (tab) => {
		for (const tabs of groups.values()) {
			const same = tabs.includes(tab) ? tab : tabs.find((t) => title(t) === title(tab));
			if (!same) continue;
			show(tabs, same);
			try { localStorage[key(tabs)] = title(tab); } catch { /* it holds for this page */ }
		}
		tab.focus();
	};

	const setUp = (group) => {
		const list = document.createElement("div");
		const tabs = [...group.children].map((panel) => {
			const tab = document.createElement("button");
			tab.panel = panel;
			tab.textContent = title(panel.firstElementChild).trim();
			set(tab, { role: "tab", type: "button" });
			set(panel, { role: "tabpanel", "aria-label": title(tab) });
			tab.onclick = () => choose(tab);
			panel.addEventListener("beforematch", () => show(tabs, tab)); // found, or led to by a link
			list.append(tab);
			return tab;
		});
		list.onkeydown = (e) => {
			const at = tabs.indexOf(e.target);
			const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[e.key];
			if (to === undefined) return;
			e.preventDefault();
			choose(tabs.at(to % tabs.length));
		};
		set(list, { role: "tablist", class: "tab-list" });
		group.prepend(list);
		groups.set(group, tabs);
		let last;
		try { last = localStorage[key(tabs)]; } catch { /* storage is blocked */ }
		show(tabs, tabs.find((t) => title(t) === last) || tabs[0]);
	};

	// For browsers that know no beforematch.
	const reveal = () => {
		const to = document.querySelector(".tab[hidden] :target");
		to?.closest(".tab").dispatchEvent(new Event("beforematch"));
		to?.scrollIntoView();
	};

	const start = () => {
		for (const g of groups.keys()) if (!g.isConnected) groups.delete(g);
		for (const g of document.querySelectorAll(".tabs")) if (!groups.has(g)) setUp(g);
		reveal();
	};
	addEventListener("hashchange", reveal);
	document.addEventListener("rutter:swap", start); // a preview brings new ones
	start();
}
