// A picture that is shown smaller than it is can be enlarged.
(function () {
	function fit(img) {
		const small = img.naturalWidth > 1.1 * img.clientWidth && !img.closest('a, summary');
		const set = {role: 'button', tabindex: 0, 'aria-label': 'Enlarge: ' + (img.alt || 'picture')};
		for (const name in set) small ? img.setAttribute(name, set[name]) : img.removeAttribute(name);
	}

	function enlarge(e) {
		const img = e.target;
		if (img.localName !== 'img' || img.role !== 'button' || !['Enter', ' ', undefined].includes(e.key)) return;
		e.preventDefault();
		const dialog = document.createElement('dialog');
		dialog.className = 'zoom';
		dialog.dataset.added = ''; // not of the page, for the preview
		dialog.ariaLabel = img.alt || 'Picture';
		dialog.innerHTML = '<button>Close</button><div tabindex="0" autofocus role="group" aria-label="Picture"><img></div>';
		Object.assign(dialog.querySelector('img'), {src: img.src, alt: img.alt});
		dialog.onclick = () => dialog.close();
		dialog.onclose = () => dialog.remove();
		document.body.append(dialog);
		img.focus(); // has it again in the end
		dialog.showModal();
	}

	const all = () => document.querySelectorAll('.prose img').forEach(fit);
	document.addEventListener('click', enlarge);
	document.addEventListener('keydown', enlarge);
	document.addEventListener('load', all, true);
	document.addEventListener('rutter:swap', all);
	addEventListener('resize', all);
	all();
})();
