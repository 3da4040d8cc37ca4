package source

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/stamp"
)

// A page may take in other files, each by a line of its own:
//
//	:::include ../parts/on-call.md      from the file that says so; / is the content root
//	--8<-- "includes/terms.md:2:5"      from the site's folder, else the content root, else the file
//
// The second form is that of Material for MkDocs: with lines, with a section
// between marks [start:name] and [end:name], and with several files between two
// lines of --8<--. It works in code, too.
//
// The text of the file comes in the place of the line, with its indent, before
// anything is parsed: so it can hold whatever a page can. Each position leads
// back to the file that a line is from, and links start there as well. Only
// regular files are taken in, and nothing whose name begins with a dot: a page
// is public, and .git/config may hold a token.

// The limits of what a page takes in.
const (
	maxJoined   = 1 << 20 // bytes of a page with all that it takes in; more would not be parsed
	maxIncludes = 1000    // of a page
	maxNesting  = 16      // files in files
)

// joined is the text of a page with that of the files that it takes in.
type joined struct {
	Text  string
	Parts []part // of the text, in the order of their lines; none but the page's where nothing is taken in
	Found []diag.Finding

	includes []include
	settled  bool // what the includes are is known by their stamps
}

// part is a run of lines from one file.
type part struct {
	Line   int      // its first, in the joined text; from 1
	At     diag.Pos // where that is
	Indent int      // runes that were put before each of its lines
	Base   handbook.Path
}

// include is a file that a page has asked for. Its stamp is zero where there is
// none of that name.
type include struct {
	Site  bool // the path is from the site's folder, else from the content root
	Path  handbook.Path
	Stamp stamp.Stamp
}

// mayInclude reports whether a page is worth looking through for includes.
func mayInclude(data []byte) bool {
	return bytes.Contains(data, []byte("-8<-")) || bytes.Contains(data, []byte(":::include")) || bytes.Contains(data, []byte("::: include"))
}

// same reports whether files are as they were when a page took them in.
func (r *reader) same(includes []include) bool {
	for _, i := range includes {
		info, err := r.rootOf(i.Site).Lstat(string(i.Path))
		if i.Stamp == (stamp.Stamp{}) {
			if err == nil {
				return false
			}
			continue
		}
		if err != nil {
			return false
		}
		if s, ok := stamp.Of(info); !ok || s != i.Stamp {
			return false
		}
	}
	return true
}

func (r *reader) rootOf(site bool) *os.Root {
	if site {
		return r.opts.Site
	}
	return r.root
}

// join puts the text of a page together; nil where it takes in nothing.
func (r *reader) join(p handbook.Path, data []byte, begun time.Time) *joined {
	if !mayInclude(data) {
		return nil
	}
	var found, ignored diag.List // what is wrong with the bytes is reported when the page is parsed
	own := reader{root: r.root, opts: r.opts, list: &ignored}
	at := r.opts.place(p)
	text := own.text(data, at)
	front := split(text, r.opts.Typed)
	j := &joiner{reader: reader{root: r.root, opts: r.opts, list: &found}, begun: begun}
	j.settled = true
	j.file(place{path: p}, text[front.end:], front.lines+1, "", false)
	j.Text, j.Found = j.out.String(), found.Take()
	if strings.TrimSuffix(j.Text, "\n") == strings.TrimSuffix(text[front.end:], "\n") && len(j.includes) == 0 && len(j.Found) == 0 {
		return nil
	}
	j.settled = j.settled && len(j.Found) == 0
	return &j.joined
}

// Expanded is a page with what it includes in its place, for those who read its
// Markdown. What is wrong with that was reported when the page was read.
func Expanded(root *os.Root, opts Options, p handbook.Path, data []byte) []byte {
	var ignored diag.List
	opts.Limits = opts.Limits.withDefaults()
	r := reader{root: root, opts: opts, list: &ignored}
	j := r.join(p, data, time.Time{})
	if j == nil {
		return data
	}
	text := r.text(data, opts.place(p))
	return []byte(text[:split(text, opts.Typed).end] + j.Text)
}

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
	if !info.Mode().IsRegular() {
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

// run is some lines of a text, the first with its number from 0.
type run struct {
	text string
	line int
}

// selected are the lines of a text that are asked for: 3, 2:5, :5, several such
// with commas, or a section by its name.
func selected(text, what string) (runs []run, ok bool) {
	lines := slices.Collect(strings.Lines(text))
	if what[0] != ':' && what[0] != '-' && (what[0] < '0' || what[0] > '9') {
		return marked(lines, what)
	}
	for span := range strings.SplitSeq(what, ",") {
		first, last, both := strings.Cut(span, ":")
		from, to := number(first, 1, len(lines)), number(last, len(lines), len(lines))
		if !both { // Material: from there on
			to = len(lines)
		}
		from, to = max(from, 1), min(to, len(lines))
		if from > to {
			return runs, false
		}
		runs = append(runs, run{strings.Join(lines[from-1:to], ""), from - 1})
	}
	return runs, true
}

// number reads the number of a line; below zero, it counts from the last.
func number(s string, unset, last int) int {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		return unset
	case n < 0:
		return last + n + 1
	}
	return n
}

// marked are the lines between the marks of a section.
func marked(lines []string, name string) (runs []run, ok bool) {
	from := -1
	for i, line := range lines {
		m := section.FindStringSubmatch(line)
		switch {
		case m == nil || m[2] != name:
		case m[1] == "start" && from < 0:
			from = i + 1
		case m[1] == "end" && from >= 0:
			runs = append(runs, run{strings.Join(lines[from:i], ""), from})
			from = -1
		}
	}
	if from >= 0 {
		runs = append(runs, run{strings.Join(lines[from:], ""), from})
	}
	return runs, len(runs) > 0
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

// digest stands for all of a page that does not stand in its own file.
func (j *joined) digest() []byte {
	if j == nil {
		return nil
	}
	sum := pack.Sum(&struct {
		Text  string
		Parts []part
		Found []diag.Finding
	}{j.Text, j.Parts, j.Found})
	return sum[:]
}

// restore leads the positions of a body, and of what was found in it, back to
// the files that its lines are from. The joined text was parsed as if it began
// at a line.
func (j *joined) restore(b *handbook.Body, found []diag.Finding, begin int) {
	for i := range b.Links {
		if n := j.partOf(b.Links[i].Pos.Line - begin + 1); n >= 0 {
			b.Links[i].Base = j.Parts[n].Base
		}
	}
	move := func(p *diag.Pos) {
		n := j.partOf(p.Line - begin + 1)
		if n < 0 {
			return
		}
		from := j.Parts[n]
		line := from.At.Line + p.Line - begin + 1 - from.Line
		*p = diag.Pos{Path: from.At.Path, Line: line, Column: max(1, p.Column-from.Indent)}
	}
	eachPos(reflect.ValueOf(b).Elem(), move)
	eachPos(reflect.ValueOf(found), move)
}

// partOf is the index of the part that a line of the joined text is in.
func (j *joined) partOf(line int) int {
	n, exact := slices.BinarySearchFunc(j.Parts, line, func(p part, line int) int { return p.Line - line })
	if exact {
		return n
	}
	return n - 1
}

var posType = reflect.TypeFor[diag.Pos]()

// eachPos calls do for every position in a value: whatever fields come to a body,
// none is forgotten.
func eachPos(v reflect.Value, do func(*diag.Pos)) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == posType {
			if p := v.Addr().Interface().(*diag.Pos); p.Line > 0 {
				do(p)
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachPos(v.Field(i), do)
			}
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k == reflect.Struct || k == reflect.Slice {
			for i := range v.Len() {
				eachPos(v.Index(i), do)
			}
		}
	}
}
