// The numbers of a chart as a file: opening them adds a button that saves the
// table as CSV (RFC 4180). Without this script the table can be copied.
document.addEventListener('toggle', (event) => {
	const details = event.target;
	if (!details.open || !details.matches('.figure-data:not(:has(button))')) return;
	const save = Object.assign(document.createElement('button'), { type: 'button', className: 'figure-save', textContent: 'Save as CSV' });
	save.dataset.added = '';
	save.addEventListener('click', () => {
		// A spreadsheet runs what looks like a formula: a quote before it says that it is text.
		const cell = (c) => '"' + c.textContent.trim().replace(/^(?=[=+@\t\r]|-[^\d.])/, "'").replaceAll('"', '""') + '"';
		const rows = [...details.querySelectorAll('tr')].map((row) => [...row.cells].map(cell).join(','));
		const href = URL.createObjectURL(new Blob([rows.join('\r\n') + '\r\n'], { type: 'text/csv' }));
		Object.assign(document.createElement('a'), { href, download: details.closest('figure').id + '.csv' }).click();
		setTimeout(URL.revokeObjectURL, 10000, href);
	});
	details.append(save);
}, true);
