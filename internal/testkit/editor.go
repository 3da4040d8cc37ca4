package testkit

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Editor changes a site at random, as people, scripts and version control do.
// The same seed makes the same edits.
type Editor struct {
	t   testing.TB
	r   *rand.Rand
	dir string
	n   int // numbers what it writes, so that no text comes twice by chance
}

// NewEditor writes a small site into dir and returns its editor. The site has a
// page of every kind, folders with and without a page of their own, links,
// images, a service with an event file, and a theme that changes one file.
func NewEditor(t testing.TB, dir string, seed uint64) *Editor {
	t.Helper()
	e := &Editor{t: t, r: rand.New(rand.NewPCG(seed, 1)), dir: dir}
	e.write("site.yaml", "title: Example\nowner: team:platform\n")
	e.write("content/_index.md", "---\ntitle: Home\n---\nStart at [QA](roles/qa.md). ![Plan](plan.svg)\n")
	e.write("content/plan.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>A plan</title></svg>\n")
	e.write("content/services/shop.md", "---\ntitle: Shop\nsample: true\nmetrics:\n  events: [shop.ndjson]\n---\nIt sells, `metric: deployment_frequency service=shop last=4w`.\n\n```metric\nservice: shop\nmetric: lead_time\nlast: 8w\n```\n")
	e.write("content/services/shop.ndjson", "")
	e.write("includes/terms.md", e.word()+" [home](../content/_index.md)\n")
	e.write("content/parts/note.md", "---\ntitle: A part\n---\n## Part "+e.word()+"\n\nSee [home](../_index.md).\n")
	e.write("content/parts/with.md", "---\ntitle: With\n---\nIt says:\n\n:::include note.md\n--8<-- \"includes/terms.md\"\n")
	e.deploy()
	for _, name := range []string{"roles/qa.md", "roles/lead.md", "processes/release.md", "books/accelerate.md", "notes/deep/one.md", "notes/two.md"} {
		e.write("content/"+name, e.page(name))
	}
	return e
}

// Edit makes one edit and says what it was.
func (e *Editor) Edit() string {
	e.t.Helper()
	if e.r.IntN(3) > 0 {
		e.repair()
	}
	edits := []struct {
		weight int
		edit   func() string
	}{
		{20, e.editBody}, {10, e.editTitle}, {6, e.editFrontMatter}, {8, e.addPage}, {6, e.removePage}, {6, e.renamePage},
		{4, e.moveFolder}, {2, e.removeFolder}, {4, e.editSettings}, {6, e.editTheme}, {5, e.editData}, {4, e.editFile},
		{4, e.breakLink}, {4, e.touch}, {2, e.swap}, {4, e.include}, {5, e.editIncluded},
	}
	all := 0
	for _, x := range edits {
		all += x.weight
	}
	pick := e.r.IntN(all)
	for _, x := range edits {
		if pick -= x.weight; pick < 0 {
			return x.edit()
		}
	}
	panic("unreachable: pick is less than the sum of the weights")
}

func (e *Editor) file(name string) string { return filepath.Join(e.dir, filepath.FromSlash(name)) }

func (e *Editor) check(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// write saves a file in one of the ways that editors have.
func (e *Editor) write(name, text string) {
	e.t.Helper()
	file := e.file(name)
	e.check(os.MkdirAll(filepath.Dir(file), 0o755))
	switch e.r.IntN(3) {
	case 0:
		e.check(os.WriteFile(file, []byte(text), 0o644))
	case 1:
		temporary := filepath.Join(filepath.Dir(file), ".saving")
		e.check(os.WriteFile(temporary, []byte(text), 0o644))
		e.check(os.Rename(temporary, file))
	default:
		if _, err := os.Lstat(file); err == nil {
			e.check(os.Rename(file, file+"~"))
			defer os.Remove(file + "~")
		}
		e.check(os.WriteFile(file, []byte(text), 0o644))
	}
}

func (e *Editor) read(name string) string {
	e.t.Helper()
	data, err := os.ReadFile(e.file(name))
	e.check(err)
	return string(data)
}

// pages lists the pages of the content.
func (e *Editor) pages() []string {
	var list []string
	e.check(fs.WalkDir(os.DirFS(e.dir), "content", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(p) == ".md" {
			list = append(list, p)
		}
		return err
	}))
	return list
}

// folders lists the folders below the content.
func (e *Editor) folders() []string {
	var list []string
	e.check(fs.WalkDir(os.DirFS(e.dir), "content", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && p != "content" {
			list = append(list, p)
		}
		return err
	}))
	return list
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func (e *Editor) word() string {
	e.n++
	return fmt.Sprintf("%s%d", pick(e.r, "anchor", "bearing", "chart", "depth", "ebb", "fathom", "harbour", "knot"), e.n)
}

// page is the text of a page at a path below the content.
func (e *Editor) page(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: The %s\n", e.word())
	if strings.HasPrefix(name, "books/") {
		fmt.Fprintf(&b, "author: %s\nyear: %d\n", e.word(), 1950+e.r.IntN(70))
	}
	if e.r.IntN(3) == 0 {
		fmt.Fprintf(&b, "weight: %d\n", 1+e.r.IntN(4))
	}
	b.WriteString("---\n")
	fmt.Fprintf(&b, "First the %s.\n\n", e.word())
	for range e.r.IntN(3) {
		fmt.Fprintf(&b, "## About %s\n\nIt is %s, see %s.\n\n", e.word(), e.word(), e.link("content/"+name))
	}
	if e.r.IntN(3) == 0 {
		fmt.Fprintf(&b, "```go\nvar %s = %d // %s\n```\n", e.word(), e.n, e.word())
	}
	return b.String()
}

// link is a link to a page that is there, now and then to a heading in it.
func (e *Editor) link(from string) string {
	pages := e.pages()
	if len(pages) == 0 {
		return "nothing"
	}
	to := pick(e.r, pages...)
	rel, err := filepath.Rel(path.Dir(from), to)
	e.check(err)
	return fmt.Sprintf("[%s](%s)", e.word(), filepath.ToSlash(rel))
}

func (e *Editor) anyPage() (string, bool) {
	pages := e.pages()
	if len(pages) == 0 {
		return "", false
	}
	return pick(e.r, pages...), true
}

func (e *Editor) editBody() string {
	name, ok := e.anyPage()
	if !ok {
		return e.addPage()
	}
	text := e.read(name)
	switch e.r.IntN(4) {
	case 0: // a line at the end
		text += "\nMore of " + e.word() + ".\n"
	case 1: // the first paragraph, which is the summary
		text = strings.Replace(text, "First the", "First "+e.word()+" of the", 1)
	case 2: // a heading
		text += "\n## On " + e.word() + "\n\nAnd " + e.link(name) + ".\n"
	default: // a line less
		lines := strings.SplitAfter(text, "\n")
		if len(lines) > 8 {
			text = strings.Join(slices.Delete(lines, len(lines)-3, len(lines)-2), "")
		}
	}
	e.write(name, text)
	return "body of " + name
}

func (e *Editor) editTitle() string {
	name, ok := e.anyPage()
	if !ok {
		return e.addPage()
	}
	e.write(name, replaceKey(e.read(name), "title", "The "+e.word()))
	return "title of " + name
}

// replaceKey sets a key of the front matter, or adds it.
func replaceKey(text, key, value string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, key+":") {
			lines[i] = key + ": " + value + "\n"
			return strings.Join(lines, "")
		}
	}
	if len(lines) > 0 && lines[0] == "---\n" {
		lines[0] += key + ": " + value + "\n"
		return strings.Join(lines, "")
	}
	return "---\n" + key + ": " + value + "\n---\n" + text
}

func (e *Editor) editFrontMatter() string {
	name, ok := e.anyPage()
	if !ok {
		return e.addPage()
	}
	key, value := "weight", fmt.Sprint(1+e.r.IntN(5))
	switch e.r.IntN(5) {
	case 0:
		key, value = "summary", "About "+e.word()
	case 1:
		key, value = "owner", "team:"+e.word()
	case 2:
		key, value = "status", pick(e.r, "draft", "active", "deprecated")
	case 3:
		key, value = "wieght", "1" // a mistake
	}
	e.write(name, replaceKey(e.read(name), key, value))
	return key + " of " + name
}

func (e *Editor) addPage() string {
	folder := pick(e.r, append(e.folders(), "content", "content/roles", "content/new/"+e.word())...)
	name := folder + "/" + pick(e.r, e.word(), "README", "_index", "index") + ".md"
	if folder == "content" {
		name = folder + "/" + e.word() + ".md"
	}
	e.write(name, e.page(strings.TrimPrefix(name, "content/")))
	return "new " + name
}

func (e *Editor) removePage() string {
	name, ok := e.anyPage()
	if !ok || name == "content/_index.md" {
		return e.addPage()
	}
	e.check(os.Remove(e.file(name)))
	if e.r.IntN(4) > 0 {
		e.mend()
	}
	return "no more " + name
}

func (e *Editor) renamePage() string {
	name, ok := e.anyPage()
	if !ok || name == "content/_index.md" {
		return e.addPage()
	}
	to := path.Dir(name) + "/" + e.word() + ".md"
	if e.r.IntN(4) == 0 {
		to = path.Dir(name) + "/" + strings.ToUpper(path.Base(name)[:1]) + path.Base(name)[1:]
	}
	e.check(os.Rename(e.file(name), e.file(to)))
	if e.r.IntN(4) > 0 {
		e.mend()
	}
	return name + " is now " + to
}

func (e *Editor) moveFolder() string {
	folders := e.folders()
	if len(folders) == 0 {
		return e.addPage()
	}
	from := pick(e.r, folders...)
	to := "content/" + e.word()
	if e.r.IntN(2) == 0 && from != "content/moved" {
		to = "content/moved/" + e.word()
	}
	e.check(os.MkdirAll(filepath.Dir(e.file(to)), 0o755))
	e.check(os.Rename(e.file(from), e.file(to)))
	e.mend()
	return from + " is now " + to
}

func (e *Editor) removeFolder() string {
	folders := e.folders()
	if len(folders) < 4 {
		return e.addPage()
	}
	name := pick(e.r, folders...)
	e.check(os.RemoveAll(e.file(name)))
	e.mend()
	return "no more " + name
}

// mend takes broken links out of all pages.
func (e *Editor) mend() {
	for _, name := range e.pages() {
		text := e.read(name)
		mended := text
		for rest := text; ; {
			i := strings.Index(rest, "](")
			if i < 0 {
				break
			}
			rest = rest[i+2:]
			end := strings.IndexByte(rest, ')')
			if end < 0 {
				break
			}
			dest := rest[:end]
			if _, err := os.Stat(e.file(path.Join(path.Dir(name), dest))); err != nil {
				mended = strings.ReplaceAll(mended, "]("+dest+")", "](https://example.org/)")
			}
		}
		if mended != text {
			e.write(name, mended)
		}
	}
}

// repair takes back what the editor has done wrong, so that most sites are
// right.
func (e *Editor) repair() {
	for _, name := range e.pages() {
		text := e.read(name)
		if i := strings.Index(text, "wieght:"); i >= 0 {
			e.write(name, text[:i]+text[i+strings.IndexByte(text[i:], '\n')+1:])
		}
		if i := strings.Index(text, "\n--8<--"); i >= 0 && e.r.IntN(4) == 0 {
			e.write(name, text[:i]+"\n")
		}
		if strings.Contains(text, ":::include note.md") && !strings.HasPrefix(name, "content/parts/") {
			e.write(name, strings.ReplaceAll(text, ":::include note.md", ":::include /parts/note.md"))
		}
	}
	for _, name := range []string{"includes/terms.md", "includes/more.md", "content/parts/note.md"} {
		if _, err := os.Stat(e.file(name)); err != nil {
			e.write(name, "Here "+e.word()+" again.\n")
		}
	}
	if data, err := os.ReadFile(e.file("themes/default/layouts/page.html")); err == nil && strings.Contains(string(data), ".Titel") {
		e.check(os.Remove(e.file("themes/default/layouts/page.html")))
	}
	if strings.Contains(e.read("site.yaml"), "tilte") {
		e.write("site.yaml", "title: Example\nowner: team:platform\n")
	}
	e.mend()
}

// include has a page take in another file.
func (e *Editor) include() string {
	name, ok := e.anyPage()
	if !ok {
		return e.addPage()
	}
	line := pick(e.r, "--8<-- \"includes/terms.md\"", ":::include /parts/note.md", "--8<-- \"plan.svg\"", "--8<-- \"includes/more.md\"")
	e.write(name, e.read(name)+"\n"+line+"\n")
	return name + " includes by " + line
}

// editIncluded changes what pages include, and where they find it.
func (e *Editor) editIncluded() string {
	name := pick(e.r, "includes/terms.md", "includes/more.md", "content/parts/note.md", "content/includes/more.md")
	if _, err := os.Stat(e.file(name)); err == nil && e.r.IntN(4) == 0 {
		e.check(os.Remove(e.file(name)))
		return "no more " + name
	}
	e.write(name, "Included "+e.word()+".\n\n## "+e.word()+"\n")
	return "included " + name
}

func (e *Editor) breakLink() string {
	name, ok := e.anyPage()
	if !ok {
		return e.addPage()
	}
	text := e.read(name)
	if strings.Contains(text, "(gone.md)") {
		e.write(name, strings.ReplaceAll(text, "(gone.md)", "(https://example.org/)"))
		return "mended link in " + name
	}
	e.write(name, text+"\nA [link](gone.md).\n")
	return "broken link in " + name
}

func (e *Editor) editSettings() string {
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\n", pick(e.r, "Example", "Another", e.word()))
	b.WriteString(pick(e.r, "owner: team:platform\n", "owner: team:other\n", ""))
	b.WriteString(pick(e.r, "", "base_url: https://x.test/\n", "base_url: https://x.test/a/b/\n"))
	b.WriteString(pick(e.r, "", "repository: https://example.org/handbook\n"))
	b.WriteString(pick(e.r, "", "time_zone: Europe/Berlin\n", "markup: {html: \"off\"}\n"))
	b.WriteString(pick(e.r, "", "metrics: {window: 8w}\n", "metrics: {by: month}\n"))
	b.WriteString(pick(e.r, "", "", "", "", "tilte: a mistake\n"))
	e.write("site.yaml", b.String())
	return "settings"
}

func (e *Editor) editTheme() string {
	const theme = "themes/default/"
	name, text := "base/tokens.css", "/* "+e.word()+" */\n:root { --accent: #123456; }\n"
	switch e.r.IntN(6) {
	case 0:
		name, text = "layouts/role.html", "{{define \"main\"}}<h1>{{.Title}}</h1><p>"+e.word()+"</p>{{.Body}}{{end}}\n"
	case 1:
		name, text = "components/footer/footer.html", "{{define \"footer\"}}<footer>"+e.word()+" {{.Site.Title}}</footer>{{end}}\n"
	case 2:
		name, text = "layouts/page.html", "{{define \"main\"}}<h1>{{.Title}}</h1>{{range .Backlinks}}<a href=\"{{.Href}}\">{{.Title}}</a>{{end}}{{end}}\n"
	case 3:
		name, text = "layouts/page.html", "{{define \"main\"}}{{.Titel}}{{end}}\n" // a mistake
	case 4:
		e.check(os.RemoveAll(e.file("themes")))
		return "no more theme"
	}
	e.write(theme+name, text)
	return "theme, " + name
}

// deploy adds two commits and a deployment to the events.
func (e *Editor) deploy() {
	name := "content/services/shop.ndjson"
	if _, err := os.Stat(e.file(name)); err != nil {
		return
	}
	text := e.read(name)
	day := strings.Count(text, "\n")
	e.n++
	sha := fmt.Sprintf("%040x", e.n)
	at := func(hour int) string { return fmt.Sprintf("2026-%02d-%02dT%02d:00:00Z", 1+day/56, 1+day/2%28, hour) }
	text += fmt.Sprintf("{\"type\":\"commit\",\"repo\":\"shop\",\"sha\":\"%s\",\"parents\":[],\"author_date\":\"%s\",\"committer_date\":\"%s\"}\n", sha, at(8), at(9))
	text += fmt.Sprintf("{\"type\":\"deployment\",\"repo\":\"shop\",\"id\":\"d%d\",\"sha\":\"%s\",\"environment\":\"production\",\"created_at\":\"%s\",\"finished_at\":\"%s\",\"status\":\"success\"}\n", e.n, sha, at(10), at(11))
	e.write(name, text)
}

func (e *Editor) editData() string {
	e.deploy()
	return "deployment"
}

func (e *Editor) editFile() string {
	if e.r.IntN(4) == 0 {
		os.Remove(e.file("content/plan.svg"))
		return "no more plan.svg"
	}
	e.write("content/plan.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>"+e.word()+"</title></svg>\n")
	return "plan.svg"
}

// touch saves a page as it is.
func (e *Editor) touch() string {
	name, ok := e.anyPage()
	if !ok {
		return e.addPage()
	}
	e.write(name, e.read(name))
	return "saved again, " + name
}

// swap exchanges two pages, so that each has a text that was there before.
func (e *Editor) swap() string {
	pages := e.pages()
	if len(pages) < 2 {
		return e.addPage()
	}
	a, b := pick(e.r, pages...), pick(e.r, pages...)
	if a == b {
		return e.touch()
	}
	e.check(os.Rename(e.file(a), e.file(".swap")))
	e.check(os.Rename(e.file(b), e.file(a)))
	e.check(os.Rename(e.file(".swap"), e.file(b)))
	e.mend()
	return a + " and " + b + " exchanged"
}
