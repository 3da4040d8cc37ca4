// Package highlight shows code as HTML: its words in spans of a few classes,
// for which it has the style sheet.
//
//	lang, code ──▶ a scanner of ours ──┐
//	          └──▶ chroma, remembered ─┴─▶ escaped code in spans
//
// The languages that most code in handbooks is written in have small scanners
// here, about a hundred times as fast as chroma, which does all others. Scanners
// know how words, strings and comments look and nothing of grammar; none fails
// on code that is broken or cut short, and each takes time in proportion to the
// length of the code. Whatever a scanner says, the text that is shown is the
// code, all of it: scanners only say where classes begin and end.
package highlight

import "bytes"

const (
	maxCode = 64 << 10 // bytes of code that is highlighted
	maxLine = 4 << 10  // bytes of a line in it: longer ones are data
)

// Highlighter shows code. It may be used by many goroutines at once.
type Highlighter struct {
	lexers lexers
	memory memory
}

// New returns a Highlighter that remembers nothing yet.
func New() *Highlighter { return &Highlighter{} }

// Append appends code to dst as the content of an element, in spans where the
// language is known. lang is a name that authors write, in lower case; "" and
// unknown names are none.
func (h *Highlighter) Append(dst []byte, lang string, code []byte) []byte {
	if plainNames[lang] || len(code) > maxCode || longestLine(code) > maxLine {
		return escape(dst, code)
	}
	if scan := scanners[lang]; scan != nil {
		w := writer{out: dst, code: code}
		scan(&w)
		return w.end()
	}
	lexer := h.lexers.get(lang)
	if lexer == nil || tooMuch(code) {
		return escape(dst, code)
	}
	k := key{lang, string(code)}
	html, ok := h.memory.get(k)
	if !ok {
		html = withChroma(lexer, code)
		h.memory.put(k, html)
	}
	return append(dst, html...)
}

// plainNames are what authors call text that is not to be coloured.
var plainNames = map[string]bool{
	"": true, "text": true, "txt": true, "plain": true, "plaintext": true,
	"none": true, "nohighlight": true, "output": true,
}

// scanners are our own, by the names that authors write.
var scanners = map[string]func(*writer){
	"bash": shell, "sh": shell, "shell": shell, "zsh": shell, "ksh": shell,
	"console": console, "shell-session": console, "bash-session": console,
	"yaml": yaml, "yml": yaml,
	"json": json.scan, "jsonl": json.scan, "jsonc": json.scan, "json5": json.scan,
	"go": golang.scan, "golang": golang.scan,
	"javascript": javascript.scan, "js": javascript.scan, "mjs": javascript.scan, "cjs": javascript.scan,
	"typescript": typescript.scan, "ts": typescript.scan, "mts": typescript.scan, "cts": typescript.scan,
	"python": python.scan, "py": python.scan, "python3": python.scan, "py3": python.scan,
	"sql":       sql.scan,
	"terraform": terraform.scan, "tf": terraform.scan, "hcl": terraform.scan,
	"toml": toml.scan,
	"css":  css,
	"html": html, "htm": html, "xml": xml, "svg": xml, "csproj": xml,
	"dockerfile": dockerfile, "docker": dockerfile, "containerfile": dockerfile,
	"diff": diff, "udiff": diff, "patch": diff,
	"ini": ini, "cfg": ini, "dosini": ini,
}

func longestLine(code []byte) int {
	longest := 0
	for len(code) > longest {
		n := bytes.IndexByte(code, '\n') + 1
		if n == 0 {
			n = len(code)
		}
		longest = max(longest, n)
		code = code[n:]
	}
	return longest
}
