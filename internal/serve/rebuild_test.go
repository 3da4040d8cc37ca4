package serve

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// TestSavingBesideErrors: what the last good build rests on stays, also when the
// preview saves while the content has moved on and is wrong.
func TestSavingBesideErrors(t *testing.T) {
	t.Parallel()
	dir := testkit.Site(t, small)
	e := newEngine(build.Options{Dir: dir, Output: filepath.Join(dir, "public")})
	everything := Hint{Everything: true}
	good := e.build(t.Context(), everything, nil)
	if good.found.HasErrors() {
		t.Fatal(good.found.All())
	}
	e.save()
	if err := os.Remove(filepath.Join(dir, "content", "roles", "qa.md")); err != nil {
		t.Fatal(err)
	}
	if bad := e.build(t.Context(), everything, nil); !bad.found.HasErrors() {
		t.Fatal("a page that others link to is gone, and that is no error")
	}
	if !e.save() {
		t.Fatal("nothing goes on, and nothing was saved")
	}
	page, err := good.edition.read("roles/qa/index.html")
	if err != nil || !strings.Contains(string(page), "The canary of the source.") {
		t.Errorf("the last good page: %v\n%s", err, page)
	}
	e.close()
	again := newEngine(build.Options{Dir: dir, Output: filepath.Join(dir, "public")})
	defer again.close()
	if notice := again.session.Notice; notice != "" {
		t.Errorf("notice %q", notice)
	}
	if r := again.build(t.Context(), everything, nil); !r.found.HasErrors() {
		t.Error("the error is forgotten")
	}
}
