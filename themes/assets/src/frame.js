// The script of the frame that draws diagrams: {source, dark, colours, font} comes
// in, {height} or {error} goes out. The frame has an origin of its own, which can reach
// nothing, so it asks nobody who they are.
import mermaid from 'mermaid';

const place = document.getElementById('place');

// A diagram is made this much smaller at most, then it can be scrolled: on a
// phone its words would be too small.
const readable = 0.7;

// variables are Mermaid's, from the colours of the page.
function variables(c, dark) {
	const v = {
		darkMode: dark, background: c.paper, fontSize: '16px',
		primaryColor: c['note-panel'], primaryTextColor: c.ink, primaryBorderColor: c.link,
		secondaryColor: c.shade, secondaryTextColor: c.ink, secondaryBorderColor: c.edge,
		tertiaryColor: c.panel, tertiaryTextColor: c.ink, tertiaryBorderColor: c.edge,
		lineColor: c.soft, textColor: c.ink, titleColor: c.ink, edgeLabelBackground: c.paper,
		noteBkgColor: c['warning-panel'], noteTextColor: c.ink, noteBorderColor: c.edge,
		errorBkgColor: c['caution-panel'], errorTextColor: c.ink,
	};
	const fills = ['note-panel', 'tip-panel', 'warning-panel', 'important-panel', 'caution-panel', 'shade'];
	for (let i = 0; i < 12; i++) {
		v['cScale' + i] = v['pie' + (i + 1)] = c[fills[i % fills.length]];
		v['cScaleLabel' + i] = c.ink;
	}
	for (let i = 0; i < 8; i++) {
		v['git' + i] = c['series-' + (1 + i % 4)];
		v['gitBranchLabel' + i] = c.paper;
	}
	for (const name in v) if (v[name] === undefined) delete v[name];
	return v;
}

// Flowcharts are laid out by dagre: build.mjs leaves the larger engine out.
addEventListener('message', async (e) => {
	const { source, dark, colours: c = {}, font = 'sans-serif' } = e.data;
	if (typeof source !== 'string') return;
	document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
	try {
		mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', layout: 'dagre', theme: 'base', themeVariables: variables(c, dark), fontFamily: font, suppressErrorRendering: true });
		place.innerHTML = (await mermaid.render('diagram', source)).svg;
		const svg = place.firstElementChild;
		svg.style.minWidth = readable * svg.viewBox.baseVal.width + 'px';
		parent.postMessage({ height: Math.ceil(place.getBoundingClientRect().height) }, '*');
	} catch (error) {
		place.textContent = '';
		parent.postMessage({ error: String(error.message || error) }, '*');
	}
});
addEventListener('resize', () => place.firstElementChild && parent.postMessage({ height: Math.ceil(place.getBoundingClientRect().height) }, '*'));
parent.postMessage({ ready: true }, '*');
