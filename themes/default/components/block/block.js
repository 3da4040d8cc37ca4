// What a reader ticks off, and what only the day of reading can tell. The pages
// are whole without this script: lists are lists, days are days.
(function () {
	'use strict';

	const make = (tag, text, props) => Object.assign(document.createElement(tag), {textContent: text}, props);

	// What is ticked stays in this browser. Where that is not allowed, it stays
	// until the page is left, and the page says so.
	const memory = {
		kept: true,
		read(key) {
			try {
				return JSON.parse(localStorage.getItem('rutter.' + key)) || {};
			} catch {
				return {};
			}
		},
		write(key, value) {
			try {
				localStorage.setItem('rutter.' + key, JSON.stringify(value));
			} catch {
				this.kept = false;
			}
		},
	};

	// ticks ties the boxes in an element to the memory, and calls tell after each
	// change.
	function ticks(root, key, name, tell) {
		const boxes = [...root.querySelectorAll('input[type=checkbox]')];
		const done = memory.read(key);
		boxes.forEach((box, i) => {
			const item = name(box, i);
			box.checked = Boolean(done[item]);
			box.addEventListener('change', () => {
				if (box.checked) done[item] = new Date().toISOString().slice(0, 10);
				else delete done[item];
				memory.write(key, done);
				tell(boxes);
			});
		});
		tell(boxes);
		return () => {
			for (const box of boxes) box.checked = false;
			for (const item of Object.keys(done)) delete done[item];
			memory.write(key, done);
			tell(boxes);
		};
	}

	const where = () => memory.kept ? 'Ticks stay in this browser only.' : 'This browser keeps no ticks: they are gone when you leave the page.';

	// words spells minutes as the pages do.
	function words(minutes) {
		const hours = Math.floor(minutes / 60), rest = minutes % 60;
		return minutes < 60 ? minutes + ' min' : minutes < 600 ? hours + ' h' + (rest ? ' ' + rest + ' min' : '') : Math.round(minutes / 60) + ' h';
	}

	function checklists() {
		for (const list of document.querySelectorAll('[data-checks]:not([data-ready])')) {
			list.dataset.ready = '';
			const tools = make('li', '', {className: 'checks-tools'});
			const state = make('span', '', {className: 'soft'});
			state.setAttribute('role', 'status');
			const reset = make('button', 'Begin anew', {type: 'button'});
			const copy = make('button', 'Copy', {type: 'button'});
			const clear = ticks(list, 'check.' + list.dataset.checks, (box) => box.parentElement.textContent.trim(), (boxes) => {
				state.textContent = ' ' + boxes.filter((b) => b.checked).length + ' of ' + boxes.length + '. ' + where();
			});
			reset.addEventListener('click', clear);
			copy.addEventListener('click', async () => {
				const lines = [...list.querySelectorAll('label')].map((l) => '- [' + (l.firstElementChild.checked ? 'x' : ' ') + '] ' + l.textContent.trim());
				try {
					await navigator.clipboard.writeText(lines.join('\n') + '\n');
					state.textContent = ' Copied.';
				} catch {
					state.textContent = ' This browser does not let pages copy.';
				}
			});
			tools.append(reset, ' ', copy, state);
			list.append(tools);
		}
	}

	function paths() {
		for (const path of document.querySelectorAll('[data-path]:not([data-ready])')) {
			path.dataset.ready = '';
			const state = path.querySelector('.path-state');
			const reset = make('button', 'Begin anew', {type: 'button'});
			const clear = ticks(path, 'path.' + path.dataset.path, (box) => box.dataset.item, (boxes) => {
				const must = boxes.filter((b) => !('optional' in b.dataset));
				const left = must.filter((b) => !b.checked).reduce((n, b) => n + Number(b.dataset.takes || 0), 0);
				const done = boxes.filter((b) => b.checked).length;
				state.textContent = done + ' of ' + boxes.length + ' done' + (left ? ', about ' + words(left) + ' left. ' : '. ') + where();
			});
			reset.addEventListener('click', clear);
			path.querySelector('.path-tools').prepend(reset);
		}
		for (const bar of document.querySelectorAll('[data-bar]:not([data-ready])')) {
			bar.dataset.ready = '';
			const done = Object.keys(memory.read('path.' + bar.dataset.bar)).length;
			if (done) bar.append(make('span', ' You have ticked ' + done + '.', {className: 'soft'}));
		}
	}

	// Days: what is due, what has expired.
	function days() {
		const now = new Date();
		const today = [now.getFullYear(), String(now.getMonth() + 1).padStart(2, '0'), String(now.getDate()).padStart(2, '0')].join('-');
		for (const e of document.querySelectorAll('[data-due]')) {
			if (e.dataset.due <= today) e.querySelector('.due').textContent = 'due for a review since ' + e.dataset.due;
		}
		for (const e of document.querySelectorAll('time[data-day]:not([data-past])')) {
			if (e.dataset.day > today) continue;
			e.dataset.past = '';
			e.after(make('span', 'due', {className: 'due'}));
		}
		for (const e of document.querySelectorAll('[data-expires]')) {
			e.hidden = e.dataset.expires < today;
		}
	}

	// Of several tables a reader chooses one; on paper and without this script all
	// are there.
	function tables() {
		for (const group of document.querySelectorAll('.tables:not([data-ready])')) {
			group.dataset.ready = '';
			const all = [...group.querySelectorAll('.tables-one')];
			if (all.length < 2) continue;
			const label = make('label', group.dataset.choice + ' ', {className: 'choice'});
			const choice = document.createElement('select');
			all.forEach((one, i) => choice.append(make('option', one.dataset.title, {value: i})));
			const show = () => all.forEach((one, i) => { one.hidden = i !== Number(choice.value); });
			choice.addEventListener('change', () => {
				show();
				memory.write('lens', {title: all[choice.value].dataset.title});
			});
			const last = all.findIndex((one) => one.dataset.title === memory.read('lens').title);
			choice.value = Math.max(last, 0);
			label.append(choice);
			group.prepend(label);
			show();
		}
	}

	// What is new since the last visit, which begins anew after a day.
	function news() {
		for (const list of document.querySelectorAll('[data-seen]:not([data-ready])')) {
			list.dataset.ready = '';
			const now = Date.now(), seen = memory.read('seen.' + list.dataset.seen);
			if (!seen.last || now - seen.last > 864e5) {
				seen.before = seen.last;
				seen.last = now;
				memory.write('seen.' + list.dataset.seen, seen);
			}
			if (!seen.before) continue;
			for (const e of list.querySelectorAll('[data-at]')) {
				if (Date.parse(e.dataset.at) > seen.before) e.firstElementChild.append(' ', make('span', 'new', {className: 'new'}));
			}
		}
	}

	// Long tables of roles get a box to find a row in.
	function filters() {
		for (const table of document.querySelectorAll('.table-matrix:not([data-ready])')) {
			table.dataset.ready = '';
			if (table.querySelectorAll('tbody tr').length < 10) continue;
			const group = table.closest('.tables') || table.parentElement;
			if (group.querySelector('.filter')) continue;
			const label = make('label', 'Find ', {className: 'filter'});
			const box = make('input', '', {type: 'search'});
			box.addEventListener('input', () => {
				const words = box.value.toLowerCase();
				for (const row of group.querySelectorAll('.table-matrix tbody tr')) row.hidden = !row.firstElementChild.textContent.toLowerCase().includes(words);
			});
			label.append(box);
			group.prepend(label);
		}
	}

	function all() {
		news();
		checklists();
		paths();
		days();
		tables();
		filters();
	}
	document.addEventListener('rutter:swap', all);
	all();
})();
