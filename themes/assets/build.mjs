// Bundles other people's scripts into themes/default/vendor/, each with its
// licences beside it. Run by `make assets`:
//
//	npm ci --ignore-scripts && node build.mjs
//
// It reads node_modules/ and writes vendor/ and nothing else.

import { build } from 'esbuild';
import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
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

const licences = {
	'echarts.LICENSE.txt': 'echarts/LICENSE',
	'echarts.NOTICE.txt': 'echarts/NOTICE',
	'echarts.LICENSE-d3.txt': 'echarts/licenses/LICENSE-d3',
	'zrender.LICENSE.txt': 'zrender/LICENSE',
	'tslib.LICENSE.txt': 'tslib/LICENSE.txt',
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

const { size } = await stat(target);
const packed = gzipSync(await readFile(target), { level: 9 }).length;
console.log(`themes/default/vendor/echarts.min.js: ${Math.round(size / 1000)} kB, ${Math.round(packed / 1000)} kB packed`);
