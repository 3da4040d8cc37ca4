package site

import (
	"path"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// lost is a finding about a path that leads nowhere.
type lost struct {
	finding *diag.Finding
	dir     string // folder of the page
	full    string // what the path means, from the content root
	pages   bool   // it may be a page
}

// maxSpelled is how many paths are compared with the spelling of every file. A
// folder that has been renamed breaks thousands of links at once, and who made
// that mistake knows where the files went.
const maxSpelled = 20

// guesser finds what lost paths most likely meant. The zero value is ready to
// use; what it needs is made for the first one.
type guesser struct {
	names   map[string][]string // pages, by each name that they go by in lower case
	files   map[string][]string // the other files
	all     []string            // pages, then files
	pages   int                 // of all
	known   map[lost]string     // answers, without the finding and the folder
	spelled int
}

// hint adds a suggestion to a finding, if there is a likely one.
func (g *guesser) hint(b *builder, l lost) {
	if g.known == nil {
		g.learn(b)
	}
	question := lost{full: l.full, pages: l.pages}
	near, known := g.known[question]
	if !known {
		near = g.nearest(l.full, l.pages)
		g.known[question] = near
	}
	if near != "" {
		l.finding.Hint = "did you mean " + relativePath(l.dir, near) + "?"
	}
}

func (g *guesser) learn(b *builder) {
	g.names, g.files, g.known = map[string][]string{}, map[string][]string{}, map[lost]string{}
	add := func(index map[string][]string, p handbook.Path) {
		g.all = append(g.all, string(p))
		base := strings.ToLower(p.Base())
		index[base] = append(index[base], string(p))
		if stem := strings.TrimSuffix(base, path.Ext(base)); stem != base {
			index[stem] = append(index[stem], string(p))
		}
		// Pages of folders all have the same few names: those go by their folders'.
		if folder := "folder " + strings.ToLower(p.Dir().Base()); p.Dir() != "." {
			index[folder] = append(index[folder], string(p))
		}
	}
	for _, p := range b.all {
		add(g.names, p.Path)
	}
	g.pages = len(g.all)
	for _, f := range b.tree.Files {
		add(g.files, f.Path)
	}
}

// nearest finds the file that a wrong path most likely meant: one of the same
// name elsewhere, with or without its extension, the one with the most folders
// in common; else one spelled alike.
func (g *guesser) nearest(full string, pages bool) string {
	key := strings.ToLower(path.Base(full))
	if indexRank(handbook.Path(full)) >= 0 && path.Dir(full) != "." {
		key = "folder " + strings.ToLower(path.Base(path.Dir(full)))
	}
	best, most := "", -1
	consider := func(candidates []string) {
		for _, c := range candidates {
			if n := commonFolders(c, full); n > most {
				best, most = c, n
			}
		}
	}
	if pages {
		consider(g.names[key])
	}
	consider(g.files[key])
	if best != "" || g.spelled == maxSpelled {
		return best
	}
	g.spelled++
	if pages {
		return diag.Nearest(full, g.all)
	}
	return diag.Nearest(full, g.all[g.pages:])
}

func commonFolders(a, b string) int {
	n := 0
	x, y := strings.Split(path.Dir(a), "/"), strings.Split(path.Dir(b), "/")
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}
