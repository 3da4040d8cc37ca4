// Bundles other people's scripts into themes/default/vendor/, each with its
// licences beside it. Run by `make assets`:
//
//	npm ci --ignore-scripts && node build.mjs
//
// It reads node_modules/ and writes vendor/ and nothing else.

import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = new URL('.', import.meta.url);
const modules = new URL('node_modules/', here);
const vendor = new URL('../default/vendor/', here);

// What the charts of internal/chart need, and nothing more: the whole of
// ECharts is twice the size.
const echarts = `
	import { use, init, format } from 'echarts/core';
	import { BarChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
	import { DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapPiecewiseComponent } from 'echarts/components';
	import { CanvasRenderer } from 'echarts/renderers';
	use([BarChart, HeatmapChart, LineChart, ScatterChart, DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapPiecewiseComponent, CanvasRenderer]);
	export { init, format };
`;

// By package, the files that say under which terms it may be passed on.
const licences = {
	'echarts.LICENSE.txt': 'echarts/LICENSE',
	'echarts.NOTICE.txt': 'echarts/NOTICE',
	'echarts.LICENSE-d3.txt': 'echarts/licenses/LICENSE-d3',
	'zrender.LICENSE.txt': 'zrender/LICENSE',
	'tslib.LICENSE.txt': 'tslib/LICENSE.txt',
	'temml.LICENSE.txt': 'temml/LICENSE',
};

async function version(name) {
	return JSON.parse(await readFile(new URL(`${name}/package.json`, modules), 'utf8')).version;
}

await mkdir(vendor, { recursive: true });
const target = new URL('echarts.min.js', vendor);
await build({
	stdin: { contents: echarts, resolveDir: fileURLToPath(here), loader: 'js' },
	outfile: fileURLToPath(target),
	bundle: true,
	minify: true,
	format: 'iife',
	globalName: 'echarts',
	target: 'es2018',
	define: { 'process.env.NODE_ENV': '"production"' },
	legalComments: 'none', // the licences lie beside the bundle, named in its first line
	banner: { js: `/* Apache ECharts ${await version('echarts')} (Apache-2.0), zrender ${await version('zrender')} (BSD-3-Clause), tslib ${await version('tslib')} (0BSD), d3 (BSD-3-Clause): see the *.LICENSE* and *.NOTICE* files beside this one */` },
});
for (const [name, from] of Object.entries(licences)) {
	await copyFile(new URL(from, modules), new URL(name, vendor));
}


// bundle makes one script of an entry, which loads nothing more.
async function bundle(entry, banner, options) {
	const result = await build({
		entryPoints: [fileURLToPath(new URL(entry, here))],
		bundle: true,
		minify: true,
		format: 'iife',
		target: 'es2022',
		write: false,
		metafile: true,
		legalComments: 'none',
		banner: { js: banner },
		...options,
	});
	return { code: result.outputFiles[0].text, inputs: Object.values(result.metafile.outputs)[0].inputs };
}

// TeX: the script, and the style sheet without the font that only script capitals
// would need.
const formulas = await bundle('src/formulas.js', `/* Temml ${await version('temml')} (MIT): see temml.LICENSE.txt beside this file */`);
await writeFile(new URL('formulas.min.js', vendor), formulas.code);
const sheet = await readFile(new URL('temml/dist/Temml-Local.css', modules), 'utf8');
await writeFile(new URL('formulas.css', vendor), sheet.replace(/@font-face\s*{[^}]*}/g, ''));

// Mermaid, within a page of its own. The page may run just this script and has no
// other: a frame without an origin matches no 'self'. Left out are a second
// engine for layout (ELK) and TeX in labels, together a third of it.
const left = { name: 'left out', setup(b) {
	b.onResolve({ filter: /^(katex|elkjs|@mermaid-js\/layout-elk)(\/|$)/ }, (args) => ({ path: args.path, namespace: 'left-out' }));
	b.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'export default class {}' }));
} };
const frame = await bundle('src/frame.js', '', { plugins: [left] });
const code = frame.code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
const hash = createHash('sha256').update(code).digest('base64');
await writeFile(new URL('diagram.html', vendor), `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>A diagram</title>
<style>body { margin: 0; overflow-y: hidden; } #place { display: flow-root; width: fit-content; min-width: 100%; } svg { display: block; margin: auto; max-width: 100%; height: auto; }</style>
</head>
<body>
<div id="place"></div>
<script>${code}</script>
</body>
</html>
`);
const driver = await bundle('src/diagrams.js', '');
await writeFile(new URL('diagrams.min.js', vendor), driver.code);
await writeFile(new URL('mermaid.LICENSES.txt', vendor), await terms(frame.inputs));

// terms are the licences of all packages that a bundle has parts of.
async function terms(inputs) {
	const names = new Set();
	for (const path of Object.keys(inputs)) {
		const found = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/);
		if (found) names.add(found[0]);
	}
	let all = '';
	for (const path of [...names].sort()) {
		const folder = new URL(path + '/', here);
		const { name, version, license } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'));
		const file = (await readdir(folder)).find((n) => /^(licen[sc]e|copying)/i.test(n));
		all += `${name} ${version}: ${license}\n\n${file ? await readFile(new URL(file, folder), 'utf8') : ''}\n\n----\n\n`;
	}
	return all;
}

for (const name of ['echarts.min.js', 'formulas.min.js', 'diagrams.min.js', 'diagram.html']) {
	const data = await readFile(new URL(name, vendor));
	console.log(`themes/default/vendor/${name}: ${Math.round(data.length / 1000)} kB, ${Math.round(gzipSync(data, { level: 9 }).length / 1000)} kB packed`);
}
