package source

import (
	"bytes"
	"os"
	"strings"
	"time"

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
