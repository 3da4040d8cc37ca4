// The age of data. A build asks no clock, so it writes down only the instant
// that its data is of, and the age in seconds from which on readers should hear
// of it:
//
//	<span data-as-of="2026-11-22T17:04:00Z" data-stale-after="129600">… <span class="age"></span></span>
//
// Where the data is older by the reader's clock, the age is written there; a
// number in a sentence, which has no such place, gets one. Without this script
// the as-of time stands there alone.
(function () {
	'use strict';

	const minute = 60e3, hour = 60 * minute, day = 24 * hour;

	// words counts whole hours up to two days, then whole days.
	function words(age) {
		const unit = age < 2 * day ? hour : day;
		const n = Math.floor(age / unit);
		return n + (unit === hour ? ' hour' : ' day') + (n === 1 ? '' : 's') + ' old';
	}

	function place(e) {
		let at = e.querySelector('.age');
		if (!at) {
			at = document.createElement('span');
			at.className = 'age';
			e.append(' ', at);
		}
		return at;
	}

	function tell() {
		const now = Date.now();
		for (const e of document.querySelectorAll('[data-as-of][data-stale-after]')) {
			const age = now - Date.parse(e.dataset.asOf);
			if (!(age > e.dataset.staleAfter * 1000)) continue;
			const text = (e.matches('a') ? '(data is ' : 'Data is ') + words(age) + (e.matches('a') ? ')' : '');
			const at = place(e);
			if (at.textContent !== text) at.textContent = text;
		}
	}

	document.addEventListener('rutter:swap', tell); // a preview brings new ones into the page
	document.addEventListener('visibilitychange', tell);
	setInterval(tell, 10 * minute); // for a page that stays on a wall
	tell();
})();
