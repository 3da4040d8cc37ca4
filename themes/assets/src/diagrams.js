// A button below the source of each diagram draws it, in a frame of its own:
// what draws sets inline styles, which no page allows. The address of the frame
// is in data-diagrams of the root element.
(function () {
	const root = document.documentElement;
	const scheme = matchMedia('(prefers-color-scheme: dark)');
	const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : scheme.matches;
	const element = (name, props) => Object.assign(document.createElement(name), props);

	function setUp(figure) {
		figure.dataset.ready = '';
		const code = figure.querySelector('.code');
		const button = element('button', { type: 'button', className: 'mermaid-button', textContent: 'Draw the diagram' });
		const state = element('span', { className: 'mermaid-state', role: 'status' });
		figure.querySelector('figcaption').append(' ', button, ' ', state);
		let frame = null, timer = 0;

		const send = () => frame.contentWindow.postMessage({ source: code.querySelector('code').textContent, dark: dark() }, '*');
		function show(drawn) {
			figure.classList.toggle('mermaid-drawn', drawn);
			button.textContent = drawn ? 'Show the source' : 'Draw the diagram';
		}
		function fail(why) {
			clearTimeout(timer);
			frame?.remove();
			frame = null;
			show(false);
			state.textContent = why;
		}
		addEventListener('message', (e) => {
			if (!frame || e.source !== frame.contentWindow) return;
			if (e.data.ready) send();
			else if (e.data.error) fail('It cannot be drawn: ' + e.data.error.split('\n')[0]);
			else if (e.data.height > 0) {
				clearTimeout(timer);
				frame.style.height = e.data.height + 'px';
				state.textContent = '';
				show(true);
			}
		});
		button.addEventListener('click', () => {
			if (frame) return show(!figure.classList.contains('mermaid-drawn'));
			state.textContent = 'Drawing …';
			timer = setTimeout(fail, 20000, 'It cannot be drawn here.');
			frame = element('iframe', { className: 'mermaid-frame', title: 'The diagram, drawn', src: root.dataset.diagrams });
			frame.setAttribute('sandbox', 'allow-scripts');
			code.before(frame);
		});
		const again = () => frame && send();
		scheme.addEventListener('change', again);
		new MutationObserver(again).observe(root, { attributeFilter: ['data-theme'] });
	}

	const all = () => document.querySelectorAll('figure.mermaid:not([data-ready])').forEach(setUp);
	document.addEventListener('rutter:swap', all);
	all();
})();
