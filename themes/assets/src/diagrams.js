// Diagrams are drawn as they come near, each in a frame of its own: what draws
// sets inline styles, which no page allows. A button below shows the source
// again. The address of the frame is in data-diagrams of the root element.
(function () {
	const root = document.documentElement;
	const scheme = matchMedia('(prefers-color-scheme: dark)');
	const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : scheme.matches;
	const element = (name, props) => Object.assign(document.createElement(name), props);

	// The colours of the page as they are now, by the names of their tokens.
	function colours() {
		const probe = document.body.appendChild(element('span', { hidden: true }));
		const all = {};
		for (const name of ['paper', 'panel', 'shade', 'ink', 'soft', 'edge', 'link', 'note-panel', 'tip-panel', 'warning-panel', 'important-panel', 'caution-panel', 'series-1', 'series-2', 'series-3', 'series-4', 'series-soft']) {
			probe.style.color = `var(--${name})`;
			all[name] = getComputedStyle(probe).color;
		}
		probe.remove();
		return all;
	}

	function setUp(figure) {
		figure.dataset.ready = '';
		const code = figure.querySelector('.code');
		const source = code.querySelector('code').textContent;
		const name = source.match(/^\s*(?:accTitle\s*:|title)\s*(\S.*)$/m)?.[1] || 'A diagram';
		const caption = figure.querySelector('figcaption').firstChild, undrawn = caption.data;
		const button = element('button', { type: 'button', className: 'mermaid-button', textContent: 'Draw the diagram' });
		const state = element('span', { className: 'mermaid-state', role: 'status' });
		caption.after(' ', button, ' ', state);
		let frame = null, timer = 0, drawn = false;

		const send = () => frame.contentWindow.postMessage({ source, dark: dark(), colours: colours(), font: getComputedStyle(document.body).fontFamily }, '*');
		function show(it) {
			drawn = it;
			figure.classList.toggle('mermaid-drawn', drawn);
			caption.data = drawn ? '' : undrawn;
			button.textContent = drawn ? 'Show the source' : 'Draw the diagram';
		}
		function fail(why) {
			clearTimeout(timer);
			timer = 0;
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
				if (state.textContent) state.textContent = '';
				if (timer) show(true); // not when it is drawn anew in other colours
				timer = 0;
			}
		});
		function draw() {
			near.disconnect();
			timer = setTimeout(fail, 20000, 'It cannot be drawn here.');
			frame = element('iframe', { className: 'mermaid-frame', title: name, src: root.dataset.diagrams });
			frame.setAttribute('sandbox', 'allow-scripts');
			code.before(frame);
		}
		button.addEventListener('click', () => {
			if (timer) return;
			if (frame) return show(!drawn);
			state.textContent = 'Drawing …';
			draw();
		});
		// Before it can be seen, so that nothing moves below the eyes of a reader.
		const near = new IntersectionObserver((seen) => seen.some((e) => e.isIntersecting) && draw(), { rootMargin: '600px 0px' });
		if (!navigator.connection?.saveData) near.observe(figure);
		const again = () => frame && send();
		scheme.addEventListener('change', again);
		new MutationObserver(again).observe(root, { attributeFilter: ['data-theme'] });
	}

	const all = () => document.querySelectorAll('figure.mermaid:not([data-ready])').forEach(setUp);
	document.addEventListener('rutter:swap', all);
	all();
})();
