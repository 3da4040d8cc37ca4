package highlight

import "bytes"

// diff scans a patch, of which the first byte of a line says what it is.
func diff(w *writer) {
	for i := 0; i < len(w.code); {
		end := w.lineEnd(i, len(w.code))
		line := w.code[i:end]
		c := none
		switch {
		case len(line) == 0:
		case string(line) == "---":
			c = heading
		case line[0] == '+', bytes.HasPrefix(line, []byte("> ")):
			c = inserted
		case line[0] == '-', bytes.HasPrefix(line, []byte("< ")):
			c = deleted
		case line[0] == '!', line[0] == '@', line[0] == '=', bytes.HasPrefix(line, []byte("diff")),
			bytes.HasPrefix(line, []byte("index ")), bytes.HasPrefix(line, []byte("Index")):
			c = heading
		case isDigit(line[0]) && len(bytes.Trim(line, "0123456789,acd")) == 0:
			c = heading
		}
		w.put(i, end, c)
		i = end + 1
	}
}

// ini scans sections, and names with values that go on in indented lines.
func ini(w *writer) {
	value := false // an indented line is more of the value before it
	for i := 0; i < len(w.code); {
		end := w.lineEnd(i, len(w.code))
		first := w.skipBlanks(i, end)
		line := w.code[first:end]
		equals := bytes.IndexByte(line, '=')
		switch {
		case len(line) == 0:
			value = false
		case line[0] == '#' || line[0] == ';':
			w.put(first, end, comment)
		case line[0] == '[' && bytes.IndexByte(line, ']') > 0:
			w.put(first, first+bytes.LastIndexByte(line, ']')+1, keyword)
			value = false
		case value && first > i:
			w.put(first, end, str)
		case equals > 0:
			w.put(first, first+len(bytes.TrimRight(line[:equals], " \t")), attribute)
			w.put(w.skipBlanks(first+equals+1, end), end, str)
			value = true
		default:
			w.put(first, end, attribute)
		}
		i = end + 1
	}
}

var (
	dockerWords = lexicon{}.with(keyword, "add arg cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell stopsignal user volume workdir")
	dockerNames = lexicon{}.with(str, "expose from maintainer stopsignal user volume workdir") // whose values are names
)

// dockerfile scans instructions, whose lines may go on behind a backslash.
func dockerfile(w *writer) {
	for i := 0; i < len(w.code); {
		end := w.lineEnd(i, len(w.code))
		first := w.skipBlanks(i, end)
		if first < end && w.code[first] == '#' {
			w.put(first, end, comment)
			i = end + 1
			continue
		}
		for end < len(w.code) && end > first && w.code[end-1] == '\\' {
			end = w.lineEnd(end+1, len(w.code))
		}
		w.instruction(first, end)
		i = end + 1
	}
}

// instruction scans one, from its name on.
func (w *writer) instruction(i, end int) {
	for {
		to := i
		for to < end && isName(w.code[to]) {
			to++
		}
		var buffer [12]byte
		name := string(lower(buffer[:0], w.code[i:to]))
		if dockerWords[name] == none {
			w.shell(i, end)
			return
		}
		w.put(i, to, keyword)
		i = w.skipBlanks(to, end)
		switch {
		case name == "onbuild" || name == "healthcheck" && !w.is(i, end, "--"):
			continue // an instruction follows
		case dockerNames[name] != none && !(i < end && w.code[i] == '['):
			w.image(i, end)
		default:
			w.shell(i, end)
		}
		return
	}
}

// image scans words of which all but options, "as" and variables are names.
func (w *writer) image(i, end int) {
	for i < end {
		to := i
		for to < end && !isSpace(w.code[to]) {
			to++
		}
		word := w.code[i:to]
		switch {
		case len(word) == 2 && word[0]|0x20 == 'a' && word[1]|0x20 == 's':
			w.put(i, to, keyword)
		case w.is(i, to, "--") || word[0] == '\\' || word[0] == '#':
			w.shell(i, to)
		default:
			s := commands{writer: w, end: to}
			start := i
			for i < to {
				if w.code[i] != '$' {
					i++
					continue
				}
				w.put(start, i, str)
				i = s.dollar(i)
				start = max(start, w.done)
			}
			w.put(start, to, str)
		}
		for i = to; i < end && isSpace(w.code[i]); i++ {
		}
	}
}
