// What the glossary says of a word, beside the word: on hover, on focus, and on the
// first tap. It stays while the pointer is on it and goes with Escape (WCAG
// 1.4.13). Without this script the word is a link to its entry.
(function () {
	'use strict';

	let tip, owner, closing;

	function close() {
		clearTimeout(closing);
		if (!tip) return;
		owner.removeAttribute('aria-describedby');
		tip.remove();
		tip = owner = undefined;
	}

	// Between the word and its explanation there is a gap to cross.
	function closeSoon() {
		clearTimeout(closing);
		closing = setTimeout(close, 300);
	}

	function open(word) {
		clearTimeout(closing);
		if (owner === word) return;
		close();
		owner = word;
		tip = document.createElement('div');
		tip.className = 'term-tip';
		tip.id = 'rt-term-tip';
		tip.setAttribute('role', 'tooltip');
		tip.append(word.dataset.definition + ' ');
		const more = document.createElement('a');
		more.href = word.href;
		more.tabIndex = -1;
		more.textContent = 'More';
		tip.append(more);
		tip.addEventListener('pointerenter', () => clearTimeout(closing));
		tip.addEventListener('pointerleave', closeSoon);
		word.setAttribute('aria-describedby', tip.id);
		document.body.append(tip);
		const at = word.getBoundingClientRect();
		const room = document.documentElement.clientWidth - tip.offsetWidth - 16;
		const below = at.bottom + tip.offsetHeight + 8 < innerHeight || at.top < tip.offsetHeight + 8;
		tip.style.left = Math.max(16, Math.min(at.left, room)) + scrollX + 'px';
		tip.style.top = (below ? at.bottom + 6 : at.top - tip.offsetHeight - 6) + scrollY + 'px';
	}

	const word = (e) => e.target instanceof Element ? e.target.closest('a.term') : null;
	let touched = false;
	document.addEventListener('pointerover', (e) => {
		const w = word(e);
		if (w && e.pointerType !== 'touch') open(w);
	});
	document.addEventListener('pointerout', (e) => {
		if (word(e) && e.pointerType !== 'touch') closeSoon();
	});
	document.addEventListener('focusin', (e) => {
		const w = word(e);
		if (w && !touched) open(w);
		else if (tip && !tip.contains(e.target)) close();
	});
	document.addEventListener('pointerdown', (e) => { touched = e.pointerType === 'touch'; });
	document.addEventListener('click', (e) => {
		const w = word(e);
		if (w && touched && owner !== w) {
			e.preventDefault(); // the first tap explains, the second follows
			open(w);
		} else if (tip && !tip.contains(e.target)) {
			close();
		}
		touched = false;
	});
	document.addEventListener('keydown', (e) => {
		if (e.key === 'Escape') close();
	});
	document.addEventListener('rutter:swap', close);
})();
