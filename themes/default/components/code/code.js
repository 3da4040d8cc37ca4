// A button copies a block of code, without the prompts of a shell.
(function () {
	const said = document.createElement('p');
	said.className = 'code-said';
	said.role = 'status';
	said.dataset.added = ''; // not of the page, for the preview

	async function copy(button, code) {
		const text = code.cloneNode(true);
		for (const prompt of text.querySelectorAll('.gp')) prompt.remove();
		let word = 'Copied';
		try {
			await navigator.clipboard.writeText(text.textContent);
		} catch { // no https: copies what is selected
			getSelection().selectAllChildren(code);
			if (!document.execCommand('copy')) word = 'Selected';
		}
		said.textContent = button.textContent = word;
		setTimeout(() => {
			button.textContent = 'Copy';
			said.textContent = '';
		}, 2000);
	}

	function setUp() {
		document.body.append(said);
		for (const code of document.querySelectorAll('.code > pre:not(:has(+ button)) > code')) {
			const button = Object.assign(document.createElement('button'), {className: 'code-copy', textContent: 'Copy'});
			button.dataset.added = '';
			button.onclick = () => copy(button, code);
			code.parentElement.after(button);
		}
	}
	document.addEventListener('rutter:swap', setUp);
	setUp();
})();
