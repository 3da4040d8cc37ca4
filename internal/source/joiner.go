package source

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/stamp"
)

// joiner puts one page together.
type joiner struct {
	joined
	reader reader
	begun  time.Time
	out    strings.Builder
	lines  int     // of out
	count  int     // of includes
	open   []place // the files that are being read, the page first
	over   bool    // a limit was reported
}

// place is a file of the content, or of the site's folder.
type place struct {
	site bool
	path handbook.Path
}

// name is how positions write it.
func (j *joiner) name(p place) diag.Pos {
	if p.site {
		return diag.Pos{Path: string(p.path)}
	}
	return j.reader.opts.place(p.path)
}

// base is the folder that links in a file start from, as seen from the content
// root; "" for those of the page itself.
func (j *joiner) base(p place) handbook.Path {
	switch {
	case len(j.open) <= 1:
		return ""
	case !p.site:
		return p.path.Dir()
	}
	up := strings.Repeat("../", strings.Count(j.reader.opts.Prefix, "/")+1)
	return handbook.Path(path.Join(up, string(p.path.Dir())))
}

// The lines that mean something.
var (
	snippet = regexp.MustCompile(`^([ \t]*)(;*)(-+8<-+)[ \t]*(?:"([^"\n]+)"|'([^'\n]+)')?[ \t]*\n?$`)
	section = regexp.MustCompile(`-+8<-+[ \t]*\[[ \t]*(start|end)[ \t]*:[ \t]*([\w.-]+)[ \t]*\]`)
	native  = regexp.MustCompile(`^([ \t]*):::+ ?include[ \t]+(\S[^\n]*?)[ \t]*\n?$`)
)

// reading is a file as it is being written into a page.
type reading struct {
	*joiner
	from    place
	at      diag.Pos // of the line at hand
	indent  string   // before each line
	code    bool     // all of it stands in code
	fence   string   // that is open in the file
	several bool     // each line names a file
}

// file writes the text of a file, whose first line has a number, with what it
// takes in.
func (j *joiner) file(p place, text string, line int, indent string, code bool) {
	j.open = append(j.open, p)
	defer func() { j.open = j.open[:len(j.open)-1] }()
	r := reading{joiner: j, from: p, at: j.name(p), indent: indent, code: code}
	begins := true
	for s := range strings.Lines(text) {
		r.at.Line, r.at.Column = line, 1
		line++
		s, shown := r.line(s)
		if !shown {
			begins = true
			continue
		}
		if begins {
			at := diag.Pos{Path: r.at.Path, Line: line - 1, Column: 1}
			j.Parts = append(j.Parts, part{Line: j.lines + 1, At: at, Indent: utf8.RuneCountInString(indent), Base: j.base(p)})
			begins = false
		}
		j.write(indent, s)
	}
}

// line does what a line says; shown is false where it is no text. In code, only
// the form of Material means something.
func (r *reading) line(s string) (text string, shown bool) {
	if strings.Contains(s, "8<-") {
		if m := snippet.FindStringSubmatchIndex(s); m != nil {
			return r.snippetLine(s, m)
		}
		if section.MatchString(s) {
			return "", false
		}
	}
	if r.several {
		if name := strings.TrimSpace(s); name != "" && name[0] != ';' {
			r.point(s, strings.Index(s, name))
			r.snippet(name, r.indent)
		}
		return "", false
	}
	r.fence = fenceAfter(r.fence, s)
	if r.fence != "" || r.code {
		return s, true
	}
	if !strings.Contains(s, ":::") {
		return s, true
	}
	if m := native.FindStringSubmatchIndex(s); m != nil {
		name, where := group(s, m, 2)
		r.point(s, where)
		return s, !r.native(name, r.indent+s[:m[3]])
	}
	return s, true
}

// snippetLine does what a line of Material's form says, by its match.
func (r *reading) snippetLine(s string, m []int) (text string, shown bool) {
	name, where := group(s, m, 4)
	if name == "" {
		name, where = group(s, m, 5)
	}
	switch {
	case m[5] > m[4]: // ;--8<-- is how to write it without its meaning
		return s[:m[4]] + s[m[4]+1:], true
	case name == "":
		r.several = !r.several
		return "", false
	}
	r.point(s, where)
	return s, !r.snippet(name, r.indent+s[:m[3]])
}

// point moves the position to a byte of its line.
func (r *reading) point(s string, to int) { r.at.Column = utf8.RuneCountInString(s[:to]) + 1 }

// group is a group of a match and where it is.
func group(s string, m []int, n int) (text string, at int) {
	if m[2*n] < 0 {
		return "", 0
	}
	return s[m[2*n]:m[2*n+1]], m[2*n]
}

func (j *joiner) write(indent, line string) {
	if strings.TrimSpace(line) != "" {
		j.out.WriteString(indent)
	}
	j.out.WriteString(line)
	if !strings.HasSuffix(line, "\n") {
		j.out.WriteByte('\n')
	}
	j.lines++
}

// fenceAfter is the mark of the fence that is open after a line.
func fenceAfter(fence, line string) string {
	trimmed := strings.TrimLeft(line, " >\t-*0123456789.")
	mark := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`~"))]
	switch {
	case fence == "" && len(mark) >= 3 && !(mark[0] == '`' && strings.Contains(trimmed[len(mark):], "`")):
		return mark
	case fence != "" && strings.HasPrefix(mark, fence) && strings.TrimSpace(strings.TrimLeft(trimmed, mark[:1])) == "":
		return ""
	}
	return fence
}

// native takes in what a line :::include names, from the file that it stands
// in; false where that cannot be.
func (r *reading) native(name, indent string) bool {
	to := place{r.from.site, handbook.Path(path.Join(string(r.from.path.Dir()), name))}
	if strings.HasPrefix(name, "/") {
		to = place{path: handbook.Path(path.Join(".", strings.TrimLeft(name, "/")))}
	}
	return r.take([]place{to}, name, "", r.at, indent, false)
}

// ranges are lines, or a section, after the name of a file.
var ranges = regexp.MustCompile(`^(.+?)((?::-?\d*:-?\d*|:\d+)(?:,-?\d*:-?\d*)*|:[A-Za-z_][\w.-]*)$`)

// snippet takes in what a line --8<-- names.
func (r *reading) snippet(name, indent string) bool {
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		r.broken(r.at, "copy it into the site's folder", "%q is not taken in: a build reads nothing from the network", name)
		return false
	}
	file, what := name, ""
	if m := ranges.FindStringSubmatch(name); m != nil {
		file, what = m[1], m[2][1:]
	}
	var to []place
	if r.reader.opts.Site != nil {
		to = append(to, place{true, handbook.Path(path.Clean(file))})
	}
	to = append(to, place{false, handbook.Path(path.Clean(file))}, place{r.from.site, handbook.Path(path.Join(string(r.from.path.Dir()), file))})
	return r.take(to, file, what, r.at, indent, r.code || r.fence != "")
}

// take takes in the first of some files that is there; false, with a finding,
// where none is, or not all of it.
func (j *joiner) take(to []place, name, what string, at diag.Pos, indent string, code bool) bool {
	if j.tooMuch(at) {
		return false
	}
	outside := true
	for _, p := range to {
		p, inside := j.inside(p)
		if !inside {
			continue
		}
		outside = false
		info, err := j.reader.rootOf(p.site).Lstat(string(p.path))
		if err != nil {
			j.includes = append(j.includes, include{Site: p.site, Path: p.path})
			continue
		}
		return j.taken(p, info, what, at, indent, code)
	}
	if outside {
		j.reader.list.Errorf(at, diag.LinkOutside, "%q is not taken in: it lies outside of the site, or its name begins with a dot", name).Hint = "move the file into the site"
		return false
	}
	j.broken(at, j.nearest(to, name), "there is no file %q to take in", name)
	return false
}

func (j *joiner) broken(at diag.Pos, hint, format string, args ...any) {
	j.reader.list.Errorf(at, diag.IncludeBroken, format, args...).Hint = hint
}

// tooMuch reports whether a page takes in more than it may.
func (j *joiner) tooMuch(at diag.Pos) bool {
	j.count++
	if j.count <= maxIncludes && j.out.Len() <= maxJoined && len(j.open) <= maxNesting {
		return false
	}
	if !j.over {
		j.over = true
		j.reader.list.Errorf(at, diag.TooLarge, "the page takes in too much: more than %d files, %d in one another, or 1 MiB; from here on nothing is taken in", maxIncludes, maxNesting)
	}
	return true
}

// inside is a file as a place below the content root, where it lies there; false
// where no page may take it in.
func (j *joiner) inside(p place) (place, bool) {
	opts := j.reader.opts
	switch rest, below := strings.CutPrefix(string(p.path), opts.Prefix+"/"); {
	case p.site && opts.Prefix == ".":
		p.site = false
	case p.site && below:
		p = place{path: handbook.Path(rest)}
	case !p.site && opts.Site != nil && strings.HasPrefix(string(p.path), "../"):
		p = place{true, handbook.Path(path.Join(opts.Prefix, string(p.path)))}
	}
	hidden := slices.ContainsFunc(strings.Split(string(p.path), "/"), func(name string) bool {
		return strings.HasPrefix(name, ".") || name == "node_modules"
	})
	return p, fs.ValidPath(string(p.path)) && !hidden && (p.site || !opts.excluded(p.path))
}

// taken takes in a file that is there.
func (j *joiner) taken(p place, info fs.FileInfo, what string, at diag.Pos, indent string, code bool) bool {
	name := j.name(p)
	if slices.Contains(j.open, p) {
		j.broken(at, "take one of the lines out", "%s takes itself in", name.Path)
		return false
	}
	s, ok := stamp.Of(info)
	if !ok || !s.Settled(j.begun) {
		j.settled = false
	}
	j.includes = append(j.includes, include{p.site, p.path, s})
	if !info.Mode().IsRegular() || j.detour(p) {
		j.broken(at, "name a file, not a folder or a link", "%s is not a file", name.Path)
		return false
	}
	r := j.reader
	r.root = r.rootOf(p.site)
	data, ok := r.read(found{path: p.path, info: info}, name)
	if !ok {
		return false
	}
	text := r.text(data, name)
	line := 1
	if p.path.IsPage() {
		front := split(text, r.opts.Typed)
		text, line = text[front.end:], front.lines+1
	}
	if what == "" {
		j.file(p, text, line, indent, code)
		return true
	}
	runs, ok := selected(text, what)
	for _, run := range runs {
		if j.tooMuch(at) {
			return false
		}
		j.file(p, run.text, line+run.line, indent, code)
	}
	if !ok {
		j.broken(at, "write file:2:5 for lines, or mark the section with --8<-- [start:name] and [end:name]", "%s has no part %q", name.Path, what)
	}
	return ok
}

// detour reports whether a folder on the way to a file is a link: it could lead
// to one that begins with a dot.
func (j *joiner) detour(p place) bool {
	for dir := p.path.Dir(); dir != "."; dir = dir.Dir() {
		if info, err := j.reader.rootOf(p.site).Lstat(string(dir)); err != nil || !info.IsDir() {
			return true
		}
	}
	return false
}

// nearest suggests a file of the folder in which one was looked for.
func (j *joiner) nearest(to []place, name string) string {
	for _, p := range to {
		p, inside := j.inside(p)
		if !inside {
			continue
		}
		entries, _ := readDir(j.reader.rootOf(p.site), p.path.Dir())
		var names []string
		for _, e := range entries {
			if e.Mode().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
				names = append(names, e.Name())
			}
		}
		if near := diag.Nearest(p.path.Base(), names); near != "" {
			return "did you mean " + path.Join(path.Dir(name), near) + "?"
		}
	}
	return "write its path from the site's folder, or after :::include from this file"
}
