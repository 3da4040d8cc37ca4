package archetype_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/archetype"
	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

var today = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// page makes a page in a site whose pages are called first-role, first-process …
// or, empty, in one that has none.
func page(kind handbook.Kind, slug string, empty bool) []byte {
	return archetype.Page(archetype.Options{
		Kind: kind, Slug: slug, Typed: true, Owned: true, Schema: "../../.rutter/schemas/" + string(kind) + ".json", Today: today,
		Names: func(k handbook.Kind) []string {
			if empty {
				return nil
			}
			return []string{"first-" + string(k), "second-" + string(k)}
		},
	})
}

// inUse takes the hashes away that an editor may take away.
func inUse(page []byte) []byte {
	front, body, _ := strings.Cut(string(page), "\n---\n")
	return []byte(regexp.MustCompile(`(?m)^#([^ ]|  )`).ReplaceAllString(front, "$1") + "\n---\n" + body)
}

func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// check is all that is wrong with a site, drafts included.
func check(t *testing.T, dir string) []*diag.Finding {
	t.Helper()
	r, err := build.Check(t.Context(), build.Options{Dir: dir, NoCache: true, Drafts: true, Today: func() time.Time { return today }})
	if err != nil {
		t.Fatal(err)
	}
	return r.Findings.All()
}

// newborn are the pages that a site gets, by their files.
func newborn(slug string, empty, all bool, kinds ...handbook.Kind) map[string][]byte {
	pages := map[string][]byte{}
	for _, k := range kinds {
		made := page(k, slug+string(k), empty)
		if all {
			made = inUse(made)
		}
		pages[file(k, slug+string(k))] = made
	}
	return pages
}

func TestPagesAreValidAtBirth(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{false, true} {
		for _, kind := range archetype.Kinds() {
			t.Run(fmt.Sprintf("%s in an empty site, hashes taken away %v", kind, all), func(t *testing.T) {
				t.Parallel()
				valid(t, newborn("some/new-", true, all, kind))
			})
		}
		t.Run(fmt.Sprintf("all in a site with pages, hashes taken away %v", all), func(t *testing.T) {
			t.Parallel()
			pages := newborn("some/new-", false, all, archetype.Kinds()...)
			maps.Copy(pages, newborn("first-", false, false, archetype.Kinds()...))
			maps.Copy(pages, newborn("second-", false, false, archetype.Kinds()...))
			pages["content/people.yaml"] = []byte("people:\n  - {id: first-person, name: First}\n")
			valid(t, pages)
		})
	}
}

// valid reports errors in a site, and whatever is wrong with front matter.
func valid(t *testing.T, pages map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "site.yaml", []byte("title: Site\nowner: team:first-team\n"))
	for name, data := range pages {
		write(t, dir, name, data)
	}
	for _, f := range check(t, dir) {
		if f.Severity == diag.Error || strings.HasPrefix(string(f.Code), "RT1") {
			t.Errorf("%v: %s (%s) in the page\n%s", f.Pos, f.Message, f.Hint, pages[f.Pos.Path])
		}
	}
}

// file is where a page of a kind lies.
func file(kind handbook.Kind, slug string) string {
	return strings.ReplaceAll("content/"+handbook.TypeOf(kind).Folder+"/"+slug+".md", "//", "/")
}

func TestPageNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		kind  handbook.Kind
		slug  string
		empty bool
		want  []string
		never []string
	}{
		{"roles take turns in a raci", handbook.Process, "x", false, []string{"\n#  accountable: first-role ", "\n#  responsible: [second-role] "}, nil},
		{"what is not there is said", handbook.Process, "x", true, []string{"(no policy yet)", "(no role yet)"}, []string{"first-"}},
		{"a path begins with a page", handbook.Reading, "x", false, []string{"\n  - ref: process:first-process ", "\naudience: [first-role]"}, nil},
		{"or with a text", handbook.Reading, "x", true, []string{"\n  - text: "}, []string{"ref:"}},
		{"a decision is proposed", handbook.Decision, "x", false, []string{"\nstatus: proposed ", "\ndate: 2026-03-02 "}, nil},
		{"a measured metric", handbook.MetricPage, "lead-time", false, []string{"\nmetric: lead_time "}, []string{"definition:"}},
		{"a metric of one's own", handbook.MetricPage, "churn", false, []string{"\nmetric: churn ", "\ndefinition: "}, nil},
		{"a term is the word", handbook.Term, "lead-time", false, []string{"\nterm: lead time ", "\ntitle: Lead time "}, nil},
		{"a word of YAML", handbook.Role, "null", false, []string{"\ntitle: \"Null\" "}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			made := string(page(c.kind, c.slug, c.empty))
			for _, want := range c.want {
				if !strings.Contains(made, want) {
					t.Errorf("the page has no %q:\n%s", want, made)
				}
			}
			for _, never := range c.never {
				if strings.Contains(made, never) {
					t.Errorf("the page has %q:\n%s", never, made)
				}
			}
		})
	}
}

func TestPageSaysItsKindAndOwnerWhereNobodyElseDoes(t *testing.T) {
	t.Parallel()
	made := string(archetype.Page(archetype.Options{Kind: handbook.Plain, Slug: "x", Schema: "s.json", Today: today, Names: func(handbook.Kind) []string { return nil }}))
	for _, want := range []string{"---\n# yaml-language-server: $schema=s.json\n", "\ntype: page ", "\nowner: team:platform "} {
		if !strings.Contains(made, want) {
			t.Errorf("the page has no %q:\n%s", want, made)
		}
	}
}

func TestBodiesHaveHeadingsWithPrompts(t *testing.T) {
	t.Parallel()
	for _, kind := range archetype.Kinds() {
		_, body, _ := strings.Cut(string(page(kind, "x", true)), "\n---\n")
		parts := strings.Split(body, "\n## ")
		if n := len(parts) - 1; n < 2 || n > 4 {
			t.Errorf("%s: %d headings, want 2 to 4", kind, n)
		}
		for _, p := range parts[1:] {
			if _, prompt, _ := strings.Cut(p, "\n\n"); !strings.HasPrefix(prompt, "Write ") {
				t.Errorf("%s: under a heading stands %q, want what to write", kind, p)
			}
		}
		if !strings.HasSuffix(body, ".\n") {
			t.Errorf("%s: the page ends with %q", kind, body[max(0, len(body)-20):])
		}
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for slug, want := range map[string]string{"qa": "Qa", "data-engineer": "Data engineer", "build/review": "Review", "2026": "2026"} {
		if got := archetype.Title(slug); got != want {
			t.Errorf("Title(%q): got %q, want %q", slug, got, want)
		}
	}
}

func TestSiteHasNoFindings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, f := range archetype.Site("Null") {
		write(t, dir, f.Name, f.Data)
	}
	for _, f := range check(t, dir) {
		t.Errorf("%v: %s (%s)", f.Pos, f.Message, f.Hint)
	}
	if home, err := os.ReadFile(filepath.Join(dir, "content", "_index.md")); err != nil || !strings.Contains(string(home), "title: \"Null\"\n") {
		t.Errorf("the home page: %v\n%s", err, home)
	}
}

// workflow is all that the workflow says: another key is a mistake here.
type workflow struct {
	Name string `yaml:"name,required"`
	On   struct {
		PullRequest *struct{} `yaml:"pull_request"`
		Push        struct {
			Branches []string `yaml:"branches"`
		} `yaml:"push"`
		Schedule []struct {
			Cron string `yaml:"cron,required"`
		} `yaml:"schedule"`
		Dispatch *struct{} `yaml:"workflow_dispatch"`
	} `yaml:"on,required"`
	Permissions map[string]string `yaml:"permissions,required"`
	Concurrency struct {
		Group  string `yaml:"group,required"`
		Cancel string `yaml:"cancel-in-progress"`
	} `yaml:"concurrency,required"`
	Jobs map[string]job `yaml:"jobs,required"`
}

type job struct {
	If          string            `yaml:"if"`
	Needs       string            `yaml:"needs"`
	RunsOn      string            `yaml:"runs-on,required"`
	Minutes     int               `yaml:"timeout-minutes,required"`
	Permissions map[string]string `yaml:"permissions"`
	Environment struct {
		Name string `yaml:"name"`
		URL  string `yaml:"url"`
	} `yaml:"environment"`
	Steps []step `yaml:"steps,required"`
}

type step struct {
	ID   string            `yaml:"id"`
	Name string            `yaml:"name"`
	If   string            `yaml:"if"`
	Uses string            `yaml:"uses"`
	Run  string            `yaml:"run"`
	With map[string]string `yaml:"with"`
	Env  map[string]string `yaml:"env"`
}

func TestWorkflowAsksForNoMoreThanItNeeds(t *testing.T) {
	t.Parallel()
	files := archetype.Site("Handbook")
	i := slices.IndexFunc(files, func(f archetype.File) bool { return f.Name == ".github/workflows/handbook.yml" })
	if i < 0 {
		t.Fatal("the site has no workflow")
	}
	var w workflow
	var found diag.List
	if !strictyaml.Decode(files[i].Data, diag.Pos{Path: "handbook.yml", Line: 1, Column: 1}, &w, strictyaml.One(diag.ConfigSyntax), &found) {
		for _, f := range found.All() {
			t.Errorf("%v: %s", f.Pos, f.Message)
		}
	}
	read := map[string]string{"contents": "read"}
	if !maps.Equal(w.Permissions, read) {
		t.Errorf("permissions: got %v, want %v", w.Permissions, read)
	}
	want := map[string]map[string]string{
		"check":   nil,
		"build":   {"contents": "read", "actions": "read", "deployments": "read", "issues": "read", "pull-requests": "read", "pages": "read"},
		"publish": {"pages": "write", "id-token": "write"},
	}
	for name, j := range w.Jobs {
		if asked, ok := want[name]; !ok || !maps.Equal(j.Permissions, asked) {
			t.Errorf("job %s: permissions %v, want %v", name, j.Permissions, asked)
		}
		for _, s := range j.Steps {
			if s.Uses != "" && !regexp.MustCompile(`^actions/[a-z/-]+@v[0-9]+$`).MatchString(s.Uses) {
				t.Errorf("job %s uses %s, want an action of GitHub at a major version", name, s.Uses)
			}
			if strings.HasPrefix(s.Uses, "actions/checkout@") && (s.With["fetch-depth"] != "0" || s.With["persist-credentials"] != "false") {
				t.Errorf("job %s checks out with %v, want the whole history and no credentials kept", name, s.With)
			}
			for k, v := range s.Env {
				if name != "build" && strings.Contains(v, "token") || strings.Contains(v, "secrets") {
					t.Errorf("job %s is given %s: %s", name, k, v)
				}
			}
		}
	}
	if len(w.Jobs) != len(want) {
		t.Errorf("%d jobs, want %d", len(w.Jobs), len(want))
	}
	runs := ""
	for _, s := range w.Jobs["build"].Steps {
		runs += s.Run + "\n"
	}
	sync, publish := strings.Index(runs, "rutter sync"), strings.Index(runs, "rutter build")
	if sync < 0 || publish < sync || !strings.Contains(runs, `"$code" -eq 3`) || !strings.Contains(runs, "::warning") {
		t.Errorf("the job build collects, warns of exit code 3, and builds; it runs\n%s", runs)
	}
}

// TestEveryBodyHasItsKind: no text is left over from a kind that is gone.
func TestEveryBodyHasItsKind(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(os.DirFS("files/bodies"), "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if !slices.Contains(archetype.Kinds(), handbook.Kind(strings.TrimSuffix(n, ".md"))) {
			t.Errorf("files/bodies/%s is of no kind", n)
		}
	}
}
