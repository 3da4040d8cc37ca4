package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

func newOwners() *cobra.Command {
	var codeowners bool
	var format string
	c := &cobra.Command{
		Use:   "owners",
		Short: "List who answers for which pages, or write GitHub's CODEOWNERS",
		Long: `Owners lists everybody who answers for pages: how many name the owner
themselves, and how many inherit it from a folder (_section.yaml) or from
site.yaml.

With --codeowners it prints a file for GitHub, which then asks the owner of a
page to review each change of it. A team is written @ORG/team, ORG being that of
repository: in site.yaml; people by their github: in people.yaml. Owners that
cannot be written are named on standard error, and nobody is asked for their
pages.

Exit codes: 0 fine; 2 usage or mistakes in site.yaml, or teams without a
repository.`,
		Example: `  rutter owners
  rutter owners --codeowners > .github/CODEOWNERS`,
		RunE: func(c *cobra.Command, _ []string) error {
			if !slices.Contains([]string{"table", "json"}, format) {
				return usage("--format: %q is not one of table, json", format)
			}
			if codeowners && c.Flags().Changed("format") {
				return usage("--codeowners has a format of its own; leave --format out")
			}
			b, err := build.Open(c.Context(), build.Options{ServicesOnly: true})
			if err != nil {
				return err
			}
			defer b.Close()
			if r := b.Result(); r.ConfigErrors {
				if err := r.Findings.WriteText(c.ErrOrStderr()); err != nil {
					return err
				}
				return verdict(r)
			}
			switch {
			case codeowners:
				return writeCodeowners(b, c.OutOrStdout(), c.ErrOrStderr())
			case format == "json":
				return writeOwnersJSON(b, c.OutOrStdout())
			}
			return writeOwners(ownership(b), c.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&codeowners, "codeowners", false, "print a CODEOWNERS file for GitHub")
	c.Flags().StringVar(&format, "format", "table", "table or json")
	return c
}

// nobody is what the owner of pages without one is called.
const nobody = "nobody"

// ownership is who answers for what: once for each, however pages write the name.
func ownership(b *build.Build) []graph.Owned {
	var list []graph.Owned
	for _, o := range b.Graph.Ownership() {
		i := slices.IndexFunc(list, func(other graph.Owned) bool { return ownerName(other) == ownerName(o) })
		if i < 0 {
			list = append(list, o)
			continue
		}
		list[i].Own = append(list[i].Own, o.Own...)
		list[i].Folder = append(list[i].Folder, o.Folder...)
		list[i].Site = append(list[i].Site, o.Site...)
	}
	return list
}

func writeOwners(list []graph.Owned, w io.Writer) error {
	lines := [][]string{{"owner", "own", "from folder", "from site", "all"}}
	for _, o := range list {
		own, folder, whole := len(o.Own), len(o.Folder), len(o.Site)
		lines = append(lines, []string{ownerName(o), strconv.Itoa(own), strconv.Itoa(folder), strconv.Itoa(whole), strconv.Itoa(own + folder + whole)})
	}
	var b strings.Builder
	aligned(&b, lines, 1, 2, 3, 4)
	_, err := io.WriteString(w, b.String())
	return err
}

// ownerName is an owner as pages write it.
func ownerName(o graph.Owned) string {
	switch {
	case o.Owner.Name == "":
		return nobody
	case strings.Contains(o.Owner.Name, ":") || o.Owner.Kind == "":
		return o.Owner.Name
	}
	return string(o.Owner.Kind) + ":" + o.Owner.Name
}

// ownersJSON is the list for programs.
type ownersJSON struct {
	Schema string      `json:"schema"`
	Owners []ownerJSON `json:"owners"`
}

type ownerJSON struct {
	Owner  *string  `json:"owner"` // null: nobody
	Title  string   `json:"title,omitempty"`
	Own    []string `json:"own"` // files, as in findings
	Folder []string `json:"folder"`
	Site   []string `json:"site"`
}

func writeOwnersJSON(b *build.Build, w io.Writer) error {
	file := map[string]string{} // by address
	for _, p := range b.Site.Pages {
		file[p.URL] = p.Pos.Path
	}
	names := func(links []graph.Link) []string {
		list := make([]string, len(links))
		for i, l := range links {
			list[i] = file[l.Address]
		}
		return list
	}
	out := ownersJSON{Schema: "rutter.owners/1", Owners: []ownerJSON{}}
	for _, o := range ownership(b) {
		one := ownerJSON{Title: o.Owner.Title, Own: names(o.Own), Folder: names(o.Folder), Site: names(o.Site)}
		if name := ownerName(o); name != nobody {
			one.Owner = &name
		}
		out.Owners = append(out.Owners, one)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

// writeCodeowners prints the owners as GitHub reads them.
func writeCodeowners(b *build.Build, out, errs io.Writer) error {
	h := handles{b: b, org: orgOf(b.Config.Repository), lost: map[string]string{}}
	f := &codeowners{at: map[handbook.Path]*ownedFolder{}}
	for _, p := range b.Site.Pages {
		handle := h.of(p.Owner)
		f.folder(p.Path.Dir()).pages = append(f.folder(p.Path.Dir()).pages, ownedPage{p, handle})
	}
	for _, s := range b.Site.Defaults {
		f.folder(s.Path).given = h.of(s.Owner.Value)
	}
	root := f.folder(".")
	root.given = cmp.Or(root.given, h.of(b.Config.Owner))
	if h.teams && h.org == "" {
		return usage("teams are written @ORG/team, and no organisation is known: write repository: https://github.com/ORG/REPO into %s", build.ConfigFile)
	}
	above, err := aboveRepository()
	if err != nil {
		return err
	}
	f.prefix = "/" + above
	if p := b.Site.Pages; len(p) > 0 {
		f.prefix += strings.TrimSuffix(p[0].Pos.Path, string(p[0].Path))
	}
	f.walk(root, "")
	fmt.Fprintln(out, "# Who is asked to review changes of pages. Written by rutter owners --codeowners;\n# of several lines that match, the last one counts.")
	for _, l := range f.lines {
		fmt.Fprintln(out, strings.TrimRight(l, " "))
	}
	h.complain(errs)
	for _, name := range f.unwritten {
		fmt.Fprintf(errs, "%s: CODEOWNERS has no way to write this name, so the line of its folder counts; rename the file\n", name)
	}
	return nil
}

// orgOf is ORG of https://host/ORG/REPO; "" where there is none.
func orgOf(repository string) string {
	u, err := url.Parse(repository)
	if err != nil {
		return ""
	}
	org, repo, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if repo == "" || strings.Contains(repo, "/") || !handle.MatchString(org) {
		return ""
	}
	return org
}

// handle is a name of a team or an account.
var handle = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$`)

// handles turns owners into names that GitHub knows.
type handles struct {
	b     *build.Build
	org   string
	teams bool              // a team was asked for
	lost  map[string]string // owners that cannot be written, and why
}

// of is the handle of an owner; "" of nobody, and where it cannot be written.
func (h *handles) of(owner string) string {
	if owner == "" {
		return ""
	}
	to := h.b.Graph.Link(handbook.Located{Value: owner}, handbook.Team, handbook.Person)
	if team, ok := strings.CutPrefix(owner, "team:"); ok || to.Kind == handbook.Team {
		h.teams = true
		if to.Kind == handbook.Team {
			team = to.Name
		}
		if !handle.MatchString(team) {
			h.lost[owner] = "GitHub has no team of such a name"
			return ""
		}
		return "@" + h.org + "/" + team
	}
	if to.Kind != handbook.Person {
		h.lost[owner] = "it is no team, and not in people.yaml"
		return ""
	}
	for _, p := range h.b.Site.People {
		if p.ID.Value != to.Name {
			continue
		}
		if account := strings.TrimPrefix(p.GitHub, "@"); handle.MatchString(account) {
			return "@" + account
		}
	}
	h.lost[owner] = "people.yaml has no github: of theirs"
	return ""
}

// complain names the owners that cannot be written, and counts the pages that
// nobody is asked for.
func (h *handles) complain(errs io.Writer) {
	for _, o := range h.b.Graph.Ownership() {
		count := plural(len(o.Own)+len(o.Folder)+len(o.Site), "page")
		if o.Owner.Name == "" {
			fmt.Fprintf(errs, "%s without an owner: nobody is asked\n", count)
		}
	}
	pages := map[string]int{}
	for _, p := range h.b.Site.Pages {
		pages[p.Owner]++
	}
	var owners []string
	for o := range h.lost {
		owners = append(owners, o)
	}
	slices.Sort(owners)
	for _, o := range owners {
		fmt.Fprintf(errs, "%s of %s: nobody is asked, since %s\n", plural(pages[o], "page"), o, h.lost[o])
	}
}

// codeowners gathers the lines of the file.
type codeowners struct {
	prefix    string // of the content, from the root of the repository on
	at        map[handbook.Path]*ownedFolder
	lines     []string
	unwritten []string
}

type ownedFolder struct {
	path  handbook.Path
	given string // the handle of whom pages here inherit; "": as above
	pages []ownedPage
	below []*ownedFolder
}

type ownedPage struct {
	*site.Page
	handle string
}

// folder is that at a path, with those above it.
func (f *codeowners) folder(p handbook.Path) *ownedFolder {
	if d, ok := f.at[p]; ok {
		return d
	}
	d := &ownedFolder{path: p}
	f.at[p] = d
	if p != "." {
		up := f.folder(p.Dir())
		up.below = append(up.below, d)
	}
	return d
}

// owner is who owns every page in and below a folder.
func (d *ownedFolder) owner() (handle string, all bool) {
	var seen []string
	for _, p := range d.pages {
		seen = append(seen, p.handle)
	}
	for _, b := range d.below {
		handle, all := b.owner()
		if !all {
			return "", false
		}
		if len(b.pages)+len(b.below) > 0 {
			seen = append(seen, handle)
		}
	}
	slices.Sort(seen)
	seen = slices.Compact(seen)
	switch len(seen) {
	case 0:
		return d.given, true
	case 1:
		return seen[0], true
	}
	return "", false
}

// walk writes the lines of a folder whose files have an owner by the lines
// before. A folder comes before what it holds: the last line that matches counts.
func (f *codeowners) walk(d *ownedFolder, owner string) {
	whole, all := d.owner()
	if !all {
		whole = cmp.Or(d.given, owner)
	}
	if whole != owner {
		name := string(d.path) + "/"
		if d.path == "." {
			name = ""
		}
		f.line(name, whole)
	}
	if all {
		return
	}
	slices.SortFunc(d.pages, func(a, b ownedPage) int { return cmp.Compare(a.Path, b.Path) })
	for _, p := range d.pages {
		if p.handle != whole {
			f.line(string(p.Path), p.handle)
		}
	}
	slices.SortFunc(d.below, func(a, b *ownedFolder) int { return cmp.Compare(a.path, b.path) })
	for _, b := range d.below {
		f.walk(b, whole)
	}
}

// line says who owns a file, or a folder with all below it. Without a handle
// nobody does, whatever the lines before say.
func (f *codeowners) line(name, handle string) {
	name = f.prefix + name
	if name == "/" {
		f.lines = append(f.lines, "* "+handle) // a slash alone would match nothing
		return
	}
	if strings.ContainsAny(name, "*?[]!\\#") {
		f.unwritten = append(f.unwritten, strings.TrimPrefix(name, "/"))
		return
	}
	f.lines = append(f.lines, strings.ReplaceAll(name, " ", `\ `)+" "+handle)
}

// aboveRepository is the path from the root of the clone to the process's folder,
// with / at its end; "" where that is the root, or no clone at all.
func aboveRepository() (string, error) {
	here, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, here)
			if err != nil || rel == "." {
				return "", err
			}
			return path.Clean(filepath.ToSlash(rel)) + "/", nil
		} else if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return "", nil
		}
	}
}
