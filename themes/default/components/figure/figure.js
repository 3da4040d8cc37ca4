// Explorable charts. A figure whose options the build wrote down,
//
//	<figure class="figure" data-explore data-options='{…}'>
//
// gets a button that draws it with ECharts: zoom, series to switch on and off,
// values under the pointer or the arrow keys. The script of ECharts is loaded
// on the first press, from the address in data-explorer of the root element;
// where that is missing, and without this script, the static chart stays alone.
//
// The options are data. A formatter in them is a name, looked up in formats
// below; colours are those of the style sheet, read anew when they change.
(function () {
	'use strict';

	const root = document.documentElement;

	const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
	const minute = 60, hour = 60 * minute, day = 24 * hour, year = 365.25 * day;

	function significant(v) {
		return v < 9.95 ? v.toFixed(1).replace(/\.0$/, '') : String(Math.round(v));
	}

	// duration says what chart.Duration of the build says, shorter.
	function duration(s) {
		if (s < 59.5) return Math.round(s) + ' s';
		if (s < 59.5 * minute) return significant(s / minute) + ' min';
		if (s < 47.5 * hour) return significant(s / hour) + ' h';
		if (s < 729.5 * day) return significant(s / day) + ' d';
		return significant(s / year) + ' y';
	}

	const formats = {
		week: function (date) {
			const part = date.split('-');
			return Number(part[2]) + ' ' + months[part[1] - 1] + ' ' + part[0];
		},
		month: function (date) {
			const part = date.split('-');
			return months[part[1] - 1] + ' ' + part[0];
		},
		// clock gives an instant, in seconds, that begins a day its date.
		clock: function (seconds) {
			const t = new Date(seconds * 1000);
			if (seconds % day) return t.toISOString().slice(11, 16);
			return t.getUTCDate() + ' ' + months[t.getUTCMonth()] + (t.getUTCDate() === 1 && t.getUTCMonth() === 0 ? ' ' + t.getUTCFullYear() : '');
		},
		duration: function (seconds, labels) {
			const near = (labels || []).find(function (l) { return Math.abs(seconds / l.at - 1) < .005; });
			return near ? near.text : duration(seconds);
		},
		percent: function (share) { return Math.round(share * 100) + ' %'; },
	};

	let loading = null;

	// load brings ECharts to the page, once.
	function load() {
		loading = loading || new Promise(function (done, failed) {
			const script = document.createElement('script');
			const href = script.src = root.dataset.explorer;
			script.onload = function () {
				if (window.echarts) done(window.echarts);
				else script.onerror();
			};
			script.onerror = function () {
				script.remove();
				loading = null; // the next press tries again
				failed(new Error('the script of the explorer is missing: ' + href));
			};
			document.head.append(script);
		});
		return loading;
	}

	function element(name, className, text) {
		const e = document.createElement(name);
		e.className = className;
		if (text) e.textContent = text;
		return e;
	}

	// colours reads variables of the style sheet as values that a canvas knows.
	function colours(figure) {
		const probe = element('span', '');
		figure.append(probe);
		const found = {};
		for (const name of ['1', '2', '3', '4', 'paper', 'text', 'soft', 'grid', 'axis', 'hover', 'fell', 'step-1', 'step-2', 'step-3', 'step-4', 'stage-1', 'stage-2', 'stage-3', 'stage-4']) {
			probe.style.color = 'var(--fig-' + name + ')';
			found[name] = getComputedStyle(probe).color;
		}
		probe.remove();
		return found;
	}

	// looks of the series, in their order.
	const looks = {
		columns: [{ colour: '3' }],
		lines: [
			{ colour: '1', symbol: 'circle', line: 'solid', width: 2 },
			{ colour: '4', symbol: 'triangle', line: 'dotted', width: 1.5 },
			{ colour: '2', symbol: 'rect', line: 'dashed', width: 1.5 },
		],
		medians: [{ colour: '1', symbol: 'circle', line: 'solid', width: 0 }],
		ratios: [
			{ colour: '4', symbol: 'circle', line: 'solid', width: 0 },
			{ colour: '4', whisker: true },
		],
	};

	// Stages differ in lightness and in pattern, as on paper; so do the shades of
	// a calendar in lightness.
	looks.stages = [
		{ colour: 'stage-1', stage: { symbol: 'none' } },
		{ colour: 'stage-2', stage: { line: 'paper', dashArrayX: [1, 0], dashArrayY: [1, 4], rotation: -Math.PI / 4 } },
		{ colour: 'stage-3', stage: { line: '1', dashArrayX: [1, 0], dashArrayY: [1, 3] } },
		{ colour: 'stage-4', stage: { line: '1', symbol: 'circle', symbolSize: .8, dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0] } },
	];
	looks.calendar = [{ colour: '3', heat: true }];

	// Single things: a mark each, and what is usual as rules.
	looks.items = [{ colour: 'text', marks: 7, alpha: .5 }, { colour: '1', rule: 'solid' }, { colour: '2', rule: 'dashed' }];
	looks.recoveries = [{ unseen: true }, { colour: 'fell', thick: 14 }];
	looks.ageing = [{ colour: '1', marks: 9 }, { colour: '1', rule: 'solid' }, { colour: '2', rule: 'dashed' }];

	function Explorer(figure, data) {
		this.figure = figure;
		this.meta = data.meta;
		this.data = data;
		this.start = 0;
		this.end = 100;
		this.selected = Object.assign({}, data.legend.selected);
		this.at = data.meta.periods.length - 1;
		this.chart = null;
		this.build();
	}

	Explorer.prototype = {
		build: function () {
			const self = this;
			this.fixed = this.figure.querySelector('.figure-chart');
			this.view = element('div', 'figure-explorer');
			this.view.hidden = true;
			this.view.append(element('p', 'figure-title', this.meta.title), element('p', 'figure-head', this.meta.head));
			if (this.meta.sign) this.view.append(element('p', 'figure-doubt', this.meta.sign));

			this.tools = element('div', 'figure-tools');
			this.tools.setAttribute('role', 'group');
			this.tools.setAttribute('aria-label', 'Explore ' + this.meta.title);
			const names = this.data.series.map(function (s) { return s.name; });
			if (this.shows().length > 1) names.forEach(function (name, i) { self.toggle(name, looks[self.meta.kind][i].colour); });
			this.button('Zoom in', '+', function () { self.zoom(.5); });
			this.button('Zoom out', '−', function () { self.zoom(2); });
			const ways = this.data.xAxis[0].type === 'log' ? ['Shorter', 'Longer', 'Show all'] : ['Earlier', 'Later', 'Show the whole time'];
			this.button(ways[0], '←', function () { self.move(-.5); });
			this.button(ways[1], '→', function () { self.move(.5); });
			this.button(ways[2], 'All', function () { self.window(0, 100); });

			this.canvas = element('div', 'figure-canvas');
			this.canvas.tabIndex = 0;
			this.canvas.setAttribute('role', 'slider');
			this.canvas.setAttribute('aria-label', this.meta.title + ': choose a ' + (this.meta.noun || this.data.xAxis[0].axisLabel.fmt) + ' with the arrow keys' + (this.meta.periods.some(function (p) { return p.url; }) ? ', open it with Enter' : ''));
			const rows = this.meta.noun && this.data.yAxis[0].type === 'category' ? this.meta.periods.length : 0;
			if (rows > 10) this.canvas.style.height = 110 + 22 * rows + 'px';
			this.canvas.setAttribute('aria-valuemin', '1');
			this.canvas.setAttribute('aria-valuemax', String(this.meta.periods.length));
			this.say();
			this.canvas.addEventListener('keydown', function (e) { self.key(e); });
			this.view.append(this.tools, this.canvas, element('p', 'figure-foot', this.meta.foot));

			this.status = element('p', 'figure-status');
			this.status.setAttribute('role', 'status');
			this.press = element('button', 'figure-button', 'Explore');
			this.press.type = 'button';
			this.press.setAttribute('aria-label', 'Explore ' + this.meta.title);
			this.press.addEventListener('click', function () { self.switch(); });
			const bar = element('div', 'figure-bar');
			bar.append(this.press, this.status);
			this.fixed.after(this.view, bar);
		},

		button: function (label, text, act) {
			const b = element('button', 'figure-button', text);
			b.type = 'button';
			b.setAttribute('aria-label', label);
			b.title = label;
			b.addEventListener('click', act);
			this.tools.append(b);
			return b;
		},

		toggle: function (name, colour) {
			const self = this;
			const b = this.button(name, name, function () {
				self.selected[name] = !self.selected[name];
				b.setAttribute('aria-pressed', String(self.selected[name]));
				self.chart.dispatchAction({ type: self.selected[name] ? 'legendSelect' : 'legendUnSelect', name: name });
			});
			b.classList.add('figure-series', 'figure-series-' + colour);
			b.setAttribute('aria-pressed', String(this.selected[name]));
		},

		switch: function () {
			const self = this;
			if (!this.view.hidden) {
				this.show(false);
				return;
			}
			this.press.disabled = true;
			this.status.textContent = 'Loading …';
			load().then(function (echarts) {
				self.status.textContent = '';
				self.show(true);
				if (!self.chart) self.open(echarts);
				self.draw();
			}).catch(function (err) {
				self.show(false);
				self.status.textContent = 'The explorer cannot be shown. The chart above and the numbers below say the same.';
				console.warn(err);
			}).finally(function () {
				const focused = document.activeElement === document.body;
				self.press.disabled = false;
				if (focused) self.press.focus();
			});
		},

		show: function (explore) {
			this.view.hidden = !explore;
			this.fixed.hidden = explore;
			this.figure.classList.toggle('figure-exploring', explore);
			this.press.textContent = explore ? 'Back to the static chart' : 'Explore';
			this.press.setAttribute('aria-label', (explore ? 'Back to the static chart: ' : 'Explore ') + this.meta.title);
		},

		open: function (echarts) {
			const self = this;
			this.chart = echarts.init(this.canvas, null, { renderer: 'canvas' });
			this.chart.on('datazoom', function () {
				const zoom = self.chart.getOption().dataZoom[0];
				self.start = zoom.start;
				self.end = zoom.end;
			});
			this.chart.on('updateAxisPointer', function (e) {
				if (e.dataIndex !== undefined && e.dataIndex !== self.at) {
					self.at = e.dataIndex;
					self.say();
				}
			});
			this.chart.on('mouseover', function (e) { if (self.marks(e)) { self.at = e.dataIndex; self.say(); } });
			this.chart.on('click', function (e) { if (self.marks(e)) self.visit(e.dataIndex); });
			new ResizeObserver(function () { if (!self.view.hidden) self.chart.resize(); }).observe(this.canvas);
			const redraw = function () { if (!self.view.hidden) self.draw(); };
			for (const query of ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)', '(forced-colors: active)', '(prefers-contrast: more)']) {
				matchMedia(query).addEventListener('change', redraw);
			}
			new MutationObserver(redraw).observe(root, { attributes: true, attributeFilter: ['data-theme'] });
		},

		// marks reports whether an event is of a mark that stands for one thing.
		marks: function (e) {
			const look = looks[this.meta.kind][e.seriesIndex];
			return Boolean(this.meta.noun && e.componentType === 'series' && look && !look.rule && this.meta.periods[e.dataIndex]);
		},

		// tip is what the tool tip of a single thing says.
		tip: function (e) {
			if (!this.marks(e)) return e.seriesName;
			const p = this.meta.periods[e.dataIndex];
			return [p.name].concat(p.words.split(', ')).join('\n');
		},

		// visit goes where a thing is described.
		visit: function (i) {
			const url = this.meta.periods[i].url;
			if (url && /^https?:\/\//.test(url)) location.assign(url);
		},

		// shows are the series that somebody sees.
		shows: function () {
			const kind = looks[this.meta.kind] || [];
			return this.data.series.filter(function (s, i) { return !(kind[i] || {}).unseen; });
		},

		draw: function () { this.chart.setOption(this.option(), { notMerge: true }); },

		// option is the build's data in the colours of the moment.
		option: function () {
			const self = this, c = colours(this.figure), meta = this.meta;
			const o = JSON.parse(JSON.stringify(this.data));
			delete o.meta;
			const line = { color: c.axis }, grid = { color: c.grid };
			o.animation = !matchMedia('(prefers-reduced-motion: reduce)').matches;
			o.animationDuration = 200;
			o.textStyle = { color: c.soft, fontFamily: getComputedStyle(this.figure).fontFamily, fontSize: 12 };
			o.grid = { left: 8, right: 16, top: 36, bottom: 64, containLabel: true };
			o.legend.selected = this.selected;

			const x = o.xAxis[0], y = o.yAxis[0], date = formats[x.axisLabel.fmt];
			x.type = x.type === 'value' || x.type === 'log' ? x.type : 'category';
			x.axisLine = { lineStyle: line };
			x.axisTick = Object.assign({ lineStyle: line, alignWithLabel: true }, x.axisTick);
			Object.assign(x.axisLabel, { color: c.soft, margin: 12 });
			if (date) x.axisLabel.formatter = function (v) { return date(v, meta.labels); };
			if (x.type !== 'category') x.splitLine = Object.assign({ show: true, lineStyle: grid }, x.splitLine);
			for (const axis of [x, y]) {
				if (axis.name) axis.name = axis.name.charAt(0).toUpperCase() + axis.name.slice(1);
			}
			if (x.name) Object.assign(x, { nameLocation: 'middle', nameGap: 30, nameTextStyle: { color: c.text } });
			if (y.type === 'category') y.axisLabel = Object.assign({ width: 110, overflow: 'truncate' }, y.axisLabel);
			y.nameTextStyle = { color: c.text, align: 'left', padding: [0, 0, 4, -24] };
			y.axisLabel = Object.assign({ color: c.soft }, y.axisLabel);
			y.splitLine = Object.assign({ lineStyle: grid }, y.splitLine);
			if (y.axisLabel.fmt) {
				const format = formats[y.axisLabel.fmt];
				y.axisLabel.formatter = function (v) { return format(v, meta.labels); };
			}
			delete x.axisLabel.fmt;
			delete y.axisLabel.fmt;

			Object.assign(o.tooltip, {
				backgroundColor: c.paper, borderColor: c.axis, borderWidth: 1, padding: 10,
				textStyle: { color: c.text, fontSize: 13, lineHeight: 19 },
				axisPointer: { type: meta.kind === 'columns' ? 'shadow' : 'line', lineStyle: line },
				formatter: function (params) {
					if (meta.noun) return self.tip(params);
					const p = meta.firsts ? meta.periods[params.value[0]] : meta.periods[params[0].dataIndex];
					return [p.name].concat(p.words.split(', '), p.flags || []).join('\n');
				},
			});
			(o.visualMap || []).forEach(function (map) {
				map.pieces.forEach(function (piece, i) { piece.color = i ? c['step-' + i] : c.paper; });
				map.pieces[0].label = 'blank: 0'; // the colour of the paper cannot be seen on it
				Object.assign(map, { left: 'center', bottom: 46, itemWidth: 13, itemHeight: 13, textStyle: { color: c.soft }, selectedMode: false, outOfRange: { color: 'transparent' } });
				o.grid.bottom = 98;
			});
			o.dataZoom.forEach(function (zoom) {
				zoom.start = self.start;
				zoom.end = self.end;
				if (zoom.type === 'inside') {
					// The wheel scrolls the page, as everywhere; with Shift it zooms.
					Object.assign(zoom, { zoomOnMouseWheel: 'shift', moveOnMouseWheel: false, preventDefaultMouseMove: false });
					return;
				}
				Object.assign(zoom, {
					height: 26, bottom: 12, borderColor: c.grid, fillerColor: c.hover, brushSelect: false,
					textStyle: { color: c.soft }, labelFormatter: x.type === 'category' ? function (i, v) { return date(v); } : function () { return ''; },
					handleStyle: { color: c.paper, borderColor: c.axis }, moveHandleStyle: { color: c.axis },
					dataBackground: { lineStyle: line, areaStyle: grid }, selectedDataBackground: { lineStyle: line, areaStyle: grid },
				});
			});
			o.series.forEach(function (s, i) { self.look(s, looks[meta.kind][i], c, meta.sign); });
			return o;
		},

		// look gives a series its colour and its mark; a value that may still
		// change is hatched or hollow, and a line of such values dotted.
		look: function (s, look, c, doubt) {
			const colour = c[look.colour];
			s.itemStyle = { color: colour };
			if (look.unseen) {
				s.itemStyle = { color: 'transparent' };
				return;
			}
			if (look.marks) {
				Object.assign(s, { symbol: 'circle', symbolSize: look.marks });
				s.itemStyle.opacity = look.alpha || 1;
				s.data.forEach(function (item) {
					const own = item.failed ? c.fell : item.old ? c['2'] : colour;
					if (item.failed) Object.assign(item, { symbol: 'triangle', symbolSize: 11 });
					if (item.old) item.symbol = 'rect';
					item.itemStyle = item.partial ? { color: c.paper, borderColor: own, borderWidth: 1.6, opacity: 1 } : { color: own };
				});
				return;
			}
			if (look.rule) {
				Object.assign(s, { symbol: 'none', silent: true, lineStyle: { color: colour, type: doubt ? 'dotted' : look.rule, width: 1.5 } });
				return;
			}
			if (s.markLine) { // flags: the numbers here, what they stand for in the tool tip
				Object.assign(s.markLine, {
					silent: true, symbol: 'none', animation: false, lineStyle: { color: c.axis, type: 'dotted' },
					label: { formatter: '{b}', color: c.text, fontWeight: 600 },
				});
			}
			if (look.heat) {
				s.itemStyle = { borderColor: c.grid, borderWidth: 1 };
				s.emphasis = { itemStyle: { borderColor: c.text } };
			} else if (look.stage) {
				s.barMaxWidth = 56;
				Object.assign(s.itemStyle, { borderColor: c['1'], borderWidth: .7 });
				s.itemStyle.decal = Object.assign({}, look.stage, { color: c[look.stage.line] });
			} else if (look.whisker) {
				s.itemStyle.borderColor = colour;
				s.boxWidth = [1, 6];
			} else if (look.line) {
				Object.assign(s, { symbol: look.symbol, symbolSize: 7, showSymbol: true, lineStyle: { color: colour, type: doubt ? 'dotted' : look.line, width: look.width } });
			} else {
				s.barMaxWidth = look.thick || 56;
				s.barMinHeight = 2; // a period without any is still a period
			}
			s.data.forEach(function (item) {
				if (!item.partial) return;
				if (look.heat || look.stage) {
					item.itemStyle = { borderColor: c.text, borderType: 'dashed', borderWidth: 1.2 };
					return;
				}
				if (look.whisker) {
					item.itemStyle = { color: colour, borderColor: colour, borderType: 'dashed' };
					return;
				}
				item.itemStyle = look.line
					? { color: c.paper, borderColor: colour, borderWidth: 1.6 }
					: { color: c.paper, borderColor: colour, decal: { color: colour, dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4 } };
			});
		},

		window: function (start, end) {
			const least = this.meta.noun ? 2 : 100 * Math.min(1, 4 / this.meta.periods.length);
			const wide = Math.min(100, Math.max(end - start, least));
			start = Math.min(Math.max(0, (start + end - wide) / 2), 100 - wide);
			this.chart.dispatchAction({ type: 'dataZoom', start: start, end: start + wide });
		},

		zoom: function (factor) {
			const mid = (this.start + this.end) / 2, half = (this.end - this.start) / 2 * factor;
			this.window(mid - half, mid + half);
		},

		move: function (part) {
			const by = (this.end - this.start) * part;
			this.window(this.start + by, this.end + by);
		},

		key: function (e) {
			const last = this.meta.periods.length - 1;
			if (e.key === 'Enter') {
				this.visit(this.at);
				return;
			}
			const to = { ArrowLeft: this.at - 1, ArrowDown: this.at - 1, ArrowRight: this.at + 1, ArrowUp: this.at + 1, Home: 0, End: last }[e.key];
			if (to === undefined) return;
			e.preventDefault();
			this.at = Math.min(Math.max(to, 0), last);
			this.say();
			// A period out of sight comes into it.
			const p = this.meta.periods[this.at];
			const share = p.share === undefined ? (this.at + .5) / (last + 1) * 100 : p.share;
			if (share < this.start || share > this.end) {
				const half = (this.end - this.start) / 2;
				this.window(share - half, share + half);
			}
			this.chart.dispatchAction({ type: 'showTip', seriesIndex: this.shown(), dataIndex: this.meta.firsts ? this.meta.firsts[this.at] : this.at });
		},

		// shown is the first series that is not switched off.
		shown: function () {
			const selected = this.selected, seen = this.shows();
			return Math.max(0, this.data.series.findIndex(function (s) { return selected[s.name] && seen.includes(s); }));
		},

		say: function () {
			const p = this.meta.periods[this.at];
			this.canvas.setAttribute('aria-valuenow', String(this.at + 1));
			this.canvas.setAttribute('aria-valuetext', [p.name + ': ' + p.words].concat(p.flags || []).join('; '));
		},
	};

	const ready = new WeakSet(); // a preview brings new ones into the page

	function setUp() {
		if (!root.dataset.explorer) return;
		for (const figure of document.querySelectorAll('figure[data-explore][data-options]')) {
			if (ready.has(figure) || !figure.querySelector('.figure-chart')) continue;
			ready.add(figure);
			new Explorer(figure, JSON.parse(figure.dataset.options));
		}
	}
	document.addEventListener('rutter:swap', setUp);
	setUp();
})();
