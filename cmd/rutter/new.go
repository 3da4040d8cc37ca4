package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/archetype"
	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// schemasDir is where a site's folder keeps the schemas that new pages name. Git
// ignores it as a rule: rutter new writes them anew.
const schemasDir = ".rutter/schemas"

func newNew() *cobra.Command {
	var kinds []string
	for _, k := range archetype.Kinds() {
		kinds = append(kinds, string(k))
	}
	return &cobra.Command{
		Use:   "new TYPE SLUG",
		Short: "Begin a page that is valid from its first line",
		Long: `New writes a page of a type into the folder of that type: what is required with
an example, what is often wanted behind a #, and what each key means. Where it
has to name another page, it names one that is there. A file that is there
stays as it is.

The slug becomes the name of the file and of the page in references: small
letters, digits and hyphens, with folders before it if you like. Of type page it
is a path below the content.

The types are ` + wrapped(kinds) + `.

Exit codes: 0 written; 2 no such type, no such slug, or there is such a page; 6
disk.`,
		Example: `  rutter new role data-engineer
  rutter new process build/review
  rutter new page start/first-week`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return kinds, cobra.ShellCompDirectiveNoFileComp
		},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("new takes a type and a slug, such as: rutter new role data-engineer; see rutter new --help")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(kinds, args[0]) {
				hint := "known: " + strings.Join(kinds, ", ")
				if near := diag.Nearest(strings.ToLower(args[0]), kinds); near != "" {
					hint = "did you mean " + near + "? " + strings.ToUpper(hint[:1]) + hint[1:]
				}
				return usage("there is no type %q; %s", args[0], hint)
			}
			p, err := placeOf(handbook.Kind(args[0]), args[1])
			if err != nil {
				return err
			}
			return p.write(c)
		},
	}
}

// wrapped is a list in lines that fit the help.
func wrapped(words []string) string {
	var b strings.Builder
	width := len("The types are ")
	for i, w := range words {
		switch {
		case i == len(words)-1:
			w = "and " + w
		default:
			w += ","
		}
		if i > 0 && width+len(w) > 78 {
			b.WriteByte('\n')
			width = 0
		} else if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		width += len(w) + 1
	}
	return b.String()
}

// place is where a new page is to lie.
type place struct {
	kind  handbook.Kind
	slug  string        // below the folder of the kind
	path  handbook.Path // below the content
	typed bool          // the folder says of which kind it is
}

// slugs have names that every system can store and every address can show.
var slugs = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*$`)

// placeOf is where a page of a kind with a slug lies.
func placeOf(kind handbook.Kind, slug string) (place, error) {
	folder := handbook.TypeOf(kind).Folder
	p := place{kind: kind, slug: strings.TrimPrefix(strings.TrimSuffix(slug, ".md"), folder+"/")}
	p.path = handbook.Path(path.Join(folder, p.slug+".md"))
	top, _, _ := strings.Cut(string(p.path), "/")
	p.typed = kind != handbook.Plain || path.Dir(string(p.path)) == "." || handbook.FolderKind(top) == handbook.Plain
	name := p.slug
	if kind == handbook.Plain && path.Base(name) == "_index" { // the page of a folder
		name, p.slug = strings.TrimSuffix(strings.TrimSuffix(name, "_index"), "/"), strings.TrimSuffix(p.slug, "/_index")
		p.typed = true
		if name == "" {
			name, p.slug = "home", "home"
		}
	}
	if !slugs.MatchString(name) {
		err := fmt.Sprintf("%q is no slug: write small letters and digits, with a hyphen between words and / after a folder", slug)
		if better := slugged(slug); slugs.MatchString(better) {
			err += ", such as " + better
		}
		return p, usage("%s", err)
	}
	switch path.Base(p.slug) {
	case "index", "readme":
		return p, usage("a file called %s.md stands for its folder; for the page of a folder: rutter new page %s", path.Base(p.slug), path.Join(folder, path.Dir(p.slug), "_index"))
	}
	return p, nil
}

// slugged makes a slug of a text as far as that goes.
func slugged(s string) string {
	s = strings.TrimSuffix(strings.ToLower(s), ".md")
	s = regexp.MustCompile(`[^a-z0-9/]+`).ReplaceAllString(s, "-")
	return strings.Trim(regexp.MustCompile(`-*/[-/]*`).ReplaceAllString(s, "/"), "-/")
}

// write makes the page in the site of the process's folder.
func (p place) write(c *cobra.Command) error {
	b, err := build.Open(c.Context(), build.Options{ServicesOnly: true})
	if err != nil {
		return err
	}
	defer b.Close()
	root, err := os.OpenRoot(".")
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := root.Stat(build.ConfigFile); errors.Is(err, fs.ErrNotExist) {
		return usage("there is no %s here, so pages have no types; rutter init DIR makes a site, and -C goes to one", build.ConfigFile)
	}
	if r := b.Result(); r.ConfigErrors {
		mistakes := b.Findings.Filter(func(f *diag.Finding) bool { return f.Pos.Path == build.ConfigFile })
		if err := mistakes.WriteText(c.ErrOrStderr()); err != nil {
			return err
		}
		return verdict(r)
	}
	name := path.Join(contentOf(root, b), string(p.path))
	if err := p.free(b, name); err != nil {
		return err
	}
	up := strings.Repeat("../", strings.Count(name, "/"))
	page := archetype.Page(archetype.Options{
		Kind: p.kind, Slug: p.slug, Typed: p.typed, Owned: p.owned(b), Today: today(),
		Schema: up + schemasDir + "/" + string(p.kind) + ".json",
		Names:  func(k handbook.Kind) []string { return namesOf(b, k, path.Base(p.slug)) },
	})
	if err := p.writeSchema(root); err != nil {
		return &exitError{exitOutput, err}
	}
	if err := writeNew(root, name, page); errors.Is(err, fs.ErrExist) {
		return usage("%s is there already; it stays as it is", name)
	} else if err != nil {
		return &exitError{exitOutput, fmt.Errorf("write %s: %w", name, err)}
	}
	fmt.Fprintln(c.OutOrStdout(), name)
	p.next(c, b, name)
	return nil
}

// contentOf is the folder of the pages. Where there are none, it is the one that
// a site has by custom.
func contentOf(root *os.Root, b *build.Build) string {
	if b.Config.Content != "" {
		return b.Config.Content
	}
	if info, err := root.Stat("content"); err != nil && len(b.Site.Pages) > 0 || err == nil && !info.IsDir() {
		return "."
	}
	return "content"
}

// free returns an error where the page would be a mistake, since another one has
// its place or its word.
func (p place) free(b *build.Build, name string) error {
	address := strings.TrimSuffix(string(p.path), ".md") + "/"
	if path.Base(string(p.path)) == "_index.md" {
		address = strings.TrimPrefix(path.Dir(string(p.path))+"/", "./")
	}
	for _, other := range b.Site.Pages {
		if strings.EqualFold(other.URL, address) {
			return usage("%s is there already, with the address /%s", other.Pos.Path, address)
		}
		for _, a := range other.Meta.Aliases {
			if strings.EqualFold(graph.AliasAddress(other, a.Value), address) {
				return usage("/%s leads to %s, which had the address before (aliases); take another slug for %s", address, other.Pos.Path, name)
			}
		}
	}
	if p.kind != handbook.Term {
		return nil
	}
	word := strings.ReplaceAll(path.Base(p.slug), "-", " ")
	for _, t := range b.Graph.Terms() {
		if slices.ContainsFunc(t.Names(), func(n string) bool { return strings.EqualFold(n, word) }) {
			return usage("the glossary explains %q already, in %s", word, t.Term.Pos.Path)
		}
	}
	return nil
}

// owned reports whether the page inherits an owner.
func (p place) owned(b *build.Build) bool {
	return b.Config.Owner != "" || slices.ContainsFunc(b.Site.Defaults, func(s handbook.Section) bool {
		return s.Owner.Value != "" && (s.Path == "." || strings.HasPrefix(string(p.path), string(s.Path)+"/"))
	})
}

// namesOf are the names by which examples can refer to the pages of a kind: those
// that mean one page, also when there is a new one of the given name.
func namesOf(b *build.Build, kind handbook.Kind, except string) []string {
	count := map[string]int{except: 1}
	for _, p := range b.Site.Pages {
		count[p.Name()]++
		for _, a := range p.Meta.Aliases {
			count[path.Base(strings.TrimSuffix(a.Value, ".md"))]++
		}
	}
	var names []string
	for _, p := range b.Site.Pages {
		if n := p.Name(); p.Kind == kind && count[n] == 1 && slugs.MatchString(n) && !retired(p) {
			names = append(names, n)
		}
	}
	if kind == handbook.Person {
		for _, p := range b.Site.People {
			if count[p.ID.Value] == 0 && slugs.MatchString(p.ID.Value) && p.Until.At.IsZero() {
				names = append(names, p.ID.Value)
			}
		}
	}
	return names
}

func retired(p *site.Page) bool {
	return p.Meta.Status == "archived" || p.Meta.Status == "deprecated"
}

// writeSchema writes the schema that the page names: what rutter schema prints.
func (p place) writeSchema(root *os.Root) error {
	var text bytes.Buffer
	schema := newSchema()
	schema.SetOut(&text)
	if err := schema.RunE(schema, []string{string(p.kind)}); err != nil {
		return err
	}
	name := schemasDir + "/" + string(p.kind) + ".json"
	if err := root.MkdirAll(schemasDir, 0o700); err != nil {
		return fmt.Errorf("make folder %s: %w", schemasDir, err)
	}
	if err := root.WriteFile(name, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// writeNew writes a file that is not there yet, with the folders above it.
func writeNew(root *os.Root, name string, data []byte) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// next says what to do with the page.
func (p place) next(c *cobra.Command, b *build.Build, name string) {
	errs := c.ErrOrStderr()
	for _, other := range b.Site.Pages {
		if other.Name() == path.Base(p.slug) && other.Kind != handbook.Plain {
			fmt.Fprintf(errs, "note: %s goes by the name %s, too: write %s:%[2]s, or the folder before it, where you mean one of the two\n", other.Pos.Path, other.Name(), other.Kind)
		}
	}
	if n := p.awaited(b); n > 0 {
		fmt.Fprintf(errs, "note: this is the first page of type %s; names of others, in %s, are looked up from now on: see rutter check\n", p.kind, plural(n, "place"))
	}
	if roles := namesOf(b, handbook.Role, ""); len(roles) == 0 && (p.kind == handbook.Reading || p.kind == handbook.Org) {
		fmt.Fprintln(errs, "note: the site has no role yet; the page names one that you can begin with rutter new role SLUG")
	}
	fmt.Fprintf(errs, "next: open %s, replace the examples, and look at it with rutter serve; rutter check says what is missing\n", name)
}

// awaited counts the references to pages of the kind that lead nowhere. While
// there is no page of a kind, its names are texts.
func (p place) awaited(b *build.Build) int {
	n := 0
	for _, page := range b.Site.Pages {
		if page.Kind == p.kind {
			return 0
		}
		for _, ref := range page.Meta.Refs {
			if l := b.Graph.Link(ref.To, ref.Kinds...); slices.Contains(ref.Kinds, p.kind) && l.Kind == "" && l.Address == "" && path.Base(ref.To.Value) != path.Base(p.slug) {
				n++
			}
		}
	}
	return n
}
