// Draws the formulas of a page as MathML. Their source stays where one is wrong;
// it goes along with each drawing, as its annotation, for who copies it.
import temml from 'temml';

function draw() {
	for (const code of document.querySelectorAll('code.tex:not([data-tried])')) {
		code.dataset.tried = '';
		const displayMode = code.classList.contains('tex-display');
		const place = document.createElement('span');
		try {
			temml.render(code.textContent, place, { displayMode, annotate: true, throwOnError: true });
		} catch (e) {
			code.title = e.message;
			continue;
		}
		code.replaceWith(place.firstChild);
	}
}
document.addEventListener('rutter:swap', draw);
draw();
