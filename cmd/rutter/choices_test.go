package main

// choices are what readers decide for themselves: their role, the colours, and
// to say what should be better.
func choices(s searcher, server string) {
	s.t.Helper()
	s.open(server + "/")
	s.is(`(document.querySelector('[data-door="qa"]').click(), !document.getElementById("rt-door-qa").hidden)`)
	s.open(server + "/")
	s.is(`!document.getElementById("rt-door-qa").hidden && document.querySelectorAll("#rt-door-qa li a").length === 3 && document.querySelectorAll(".door:not([hidden])").length === 1`)
	s.is(`(document.querySelector('[data-door="qa"]').click(), document.querySelectorAll(".door:not([hidden])").length === 0)`)

	const paper = `getComputedStyle(document.body).backgroundColor`
	s.is(`(window.before = ` + paper + `, document.querySelector(".colours select").value = "dark", document.querySelector(".colours select").dispatchEvent(new Event("change")), ` + paper + ` !== window.before)`)
	s.open(server + "/roles/qa/")
	s.is(`document.documentElement.dataset.theme === "dark" && document.querySelector("head script:not([defer])").src.includes("/first.")`)
	s.is(`(document.querySelector(".colours select").value = "", document.querySelector(".colours select").dispatchEvent(new Event("change")), document.documentElement.dataset.theme === undefined)`)

	s.is(`(getSelection().selectAllChildren(document.querySelector("main .prose p")), true)`)
	s.until(`document.querySelector("a.suggest") && !document.querySelector("a.suggest").hidden`)
	s.is(`(() => { const to = new URL(document.querySelector("a.suggest").href); return to.pathname.endsWith("/issues/new") && to.searchParams.get("body").includes("> " + document.querySelector("main .prose p").textContent.slice(0, 20)) && to.searchParams.get("title") === "Handbook: QA"; })()`)
	s.is(`(getSelection().removeAllRanges(), true)`)
	s.until(`document.querySelector("a.suggest").hidden`)
}
