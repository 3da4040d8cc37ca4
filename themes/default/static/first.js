// The reader's choice of colours, before anything is drawn.
try {
	const theme = localStorage.getItem("rutter.theme");
	if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
	// no storage: the colours of the system
}
