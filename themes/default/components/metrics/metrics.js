// The page on a decision that is begun gets the day of today, and one in three
// months to look whether it did what was hoped.
document.addEventListener('click', (event) => {
	const link = event.target.closest?.('a[data-record]');
	if (!link) return;
	const day = (months) => {
		const d = new Date();
		d.setMonth(d.getMonth() + months);
		return d.toISOString().slice(0, 10);
	};
	link.href = link.href.replace('TODAY', day(0)).replace('IN+THREE+MONTHS', day(3));
});
