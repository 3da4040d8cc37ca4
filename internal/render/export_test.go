package render_test

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// exported is a tree with a role, whose text is given, and a plain page.
func exported(text string) *handbook.Tree {
	role := page("roles/qa.md", `QA </script>`, text)
	role.Kind, role.Meta.Role = handbook.Role, &handbook.RoleMeta{}
	role.Key = sha256.Sum256([]byte(text))
	role.Sum = role.Key
	plain := page("a.md", "A", "")
	plain.Key = sha256.Sum256(nil)
	plain.Sum = plain.Key
	return &handbook.Tree{Name: "t", Pages: []*handbook.Page{plain, role}}
}

func TestHandbookFile(t *testing.T) {
	t.Parallel()
	files, _ := build(t, exported("text"), site.Options{Title: "T"}, nil, nil)
	data := files["handbook.json"]
	var h graph.Handbook
	if err := json.Unmarshal(data, &h); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	if len(h.Pages) != 2 || h.Pages[1].Name != "role:qa" || h.Schema != "rutter.handbook/1" || h.Title != "T" {
		t.Errorf("got %+v", h)
	}
	if strings.Contains(string(data), "</script>") {
		t.Errorf("markup as it is written:\n%s", data)
	}
	for _, p := range h.Pages {
		if line, _ := json.Marshal(p); !strings.Contains(string(data), "\n"+string(line)) {
			t.Errorf("%s has no line of its own:\n%s", p.Path, data)
		}
	}
	plain := &handbook.Tree{Name: "t", Pages: []*handbook.Page{page("a.md", "A", "")}}
	if files, _ := build(t, plain, site.Options{}, nil, nil); files["handbook.json"] != nil {
		t.Errorf("a folder of plain pages has %s", files["handbook.json"])
	}
	named := exported("text")
	named.Pages = append(named.Pages, page("Handbook.json/b.md", "B", ""))
	if files, _ := build(t, named, site.Options{}, nil, nil); files["handbook.json"] != nil || files["Handbook.json/b/index.html"] == nil {
		t.Error("the folder of that name does not have its address to itself")
	}
}

// TestHandbookFileFollowsTexts: the file has hashes of texts, so that it changes
// where no other page than one's own does.
func TestHandbookFileFollowsTexts(t *testing.T) {
	t.Parallel()
	th, _ := theme.Load("themes/default", nil, themes.Default())
	renderer := func(text string, previous *site.Site, before *render.Renderer) (*site.Site, *render.Renderer) {
		s, _ := site.New(exported(text), site.Options{Previous: previous})
		return s, render.New(render.Input{Site: s, Theme: th, Delivery: render.NewDelivery(nil, render.DeliveryOptions{})}, before)
	}
	s, before := renderer("one", nil, nil)
	_, after := renderer("two", s, before)
	if !after.SameFiles(before) {
		t.Fatal("a text has changed what files there are")
	}
	at := slices.IndexFunc(after.Files(), func(f render.File) bool { return f.Name == "handbook.json" })
	if at < 0 {
		t.Fatal("there is no handbook.json")
	}
	if places, few := after.Changed(before); !few || !slices.Contains(places, at) {
		t.Errorf("changed are %v, %t; want %d among them", places, few, at)
	}
	f := after.Files()[at]
	old, reads, err := before.Make(f)
	if err != nil {
		t.Fatal(err)
	}
	if !before.Fresh(reads) || after.Fresh(reads) {
		t.Errorf("fresh before the change: %t, after it: %t", before.Fresh(reads), after.Fresh(reads))
	}
	now, _, err := after.Make(f)
	if err != nil {
		t.Fatal(err)
	}
	_, clean := renderer("two", nil, nil)
	if want, _, _ := clean.Make(f); string(now) != string(want) || string(now) == string(old) {
		t.Errorf("got\n%s\nbefore\n%s\nwant\n%s", now, old, want)
	}
}
