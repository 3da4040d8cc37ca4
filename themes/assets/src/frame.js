// The script of the frame that draws diagrams: {source, dark} comes in, {height}
// or {error} goes out. The frame has an origin of its own, which can reach
// nothing, so it asks nobody who they are.
import mermaid from 'mermaid';

const place = document.getElementById('place');

// Flowcharts are laid out by dagre: build.mjs leaves the larger engine out.
addEventListener('message', async (e) => {
	const { source, dark } = e.data;
	if (typeof source !== 'string') return;
	document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
	try {
		mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', layout: 'dagre', theme: dark ? 'dark' : 'default', fontFamily: 'sans-serif', suppressErrorRendering: true });
		place.innerHTML = (await mermaid.render('diagram', source)).svg;
		parent.postMessage({ height: Math.ceil(place.getBoundingClientRect().height) }, '*');
	} catch (error) {
		place.textContent = '';
		parent.postMessage({ error: String(error.message || error) }, '*');
	}
});
addEventListener('resize', () => place.firstElementChild && parent.postMessage({ height: Math.ceil(place.getBoundingClientRect().height) }, '*'));
parent.postMessage({ ready: true }, '*');
