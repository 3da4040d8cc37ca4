package gitrepo

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/dora"
)

// The interchange files of two public projects were written by an independent
// program from the same histories. This test needs clones of them, in the
// folders caddy and fzf of RUTTER_CLONES. It is an extra beside the tests above:
// where the clones are absent it is left out, with RUTTER_TEST_ALL too, since
// nothing that we could install brings them.
func TestMetrics_G_PublicProjects(t *testing.T) {
	t.Parallel()
	clones, oracles := os.Getenv("RUTTER_CLONES"), os.Getenv("RUTTER_ORACLES")
	if clones == "" || oracles == "" {
		t.Skip("RUTTER_CLONES (a folder with clones caddy and fzf) and RUTTER_ORACLES are not both set")
	}
	for _, name := range []string{"caddy", "fzf"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := readOracle(t, filepath.Join(oracles, name+".ndjson.gz"))
			begin := time.Now()
			// The last commit of the file, so that a clone may be newer than it.
			d, found := load(t, filepath.Join(clones, name), Options{Name: name, Ref: want.Commits[len(want.Commits)-1].SHA, Source: dora.Tags})
			t.Logf("%s: %d commits, %d deployments in %v", name, len(d.Events.Commits), len(d.Events.Deployments), time.Since(begin))
			if found != "" {
				t.Errorf("findings:\n%s", found)
			}
			if diff := cmp.Diff(want.Collected[0].From, d.Coverage.From); diff != "" {
				t.Errorf("coverage from (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want.Collected[0].To, d.AsOf); diff != "" {
				t.Errorf("as-of (-want +got):\n%s", diff)
			}
			approximate := 0
			for i := range d.Events.Deployments {
				if d.Events.Deployments[i].Approximate {
					approximate++
				}
				d.Events.Deployments[i].Approximate = false // the program wrote no field for it
			}
			t.Logf("%s: %d lightweight tags", name, approximate)
			if diff := cmp.Diff(want.Deployments, d.Events.Deployments); diff != "" {
				t.Errorf("deployments (-want +got):\n%s", diff)
			}
			saying := 0
			for i := range d.Events.Commits { // nor for what messages say
				c := &d.Events.Commits[i]
				if len(c.Reverts)+len(c.Picked) > 0 || c.Pull != "" {
					saying++
				}
				c.Reverts, c.Picked, c.Pull = nil, nil, ""
			}
			t.Logf("%s: %d messages name other work", name, saying)
			bySHA := func(a, b dora.Commit) int { return strings.Compare(a.SHA, b.SHA) }
			slices.SortFunc(want.Commits, bySHA)
			slices.SortFunc(d.Events.Commits, bySHA)
			if diff := cmp.Diff(want.Commits, d.Events.Commits); diff != "" {
				t.Errorf("commits (-want +got):\n%s", diff)
			}
		})
	}
}

// readOracle reads the records that this test compares, with a reader of its
// own: the one of Rutter is not on trial here.
func readOracle(t *testing.T, name string) (e dora.Events) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(unzipped); ; {
		var r struct {
			Type, Repo, SHA, ID, Ref, Status string
			Parents                          []string
			AuthorDate                       time.Time `json:"author_date"`
			CommitterDate                    time.Time `json:"committer_date"`
			CreatedAt                        time.Time `json:"created_at"`
			FinishedAt                       time.Time `json:"finished_at"`
			From, To                         time.Time
		}
		if err := dec.Decode(&r); err == io.EOF {
			return e
		} else if err != nil {
			t.Fatal(err)
		}
		switch r.Type {
		case "coverage":
			e.Collected = append(e.Collected, dora.Collected{From: r.From, To: r.To})
		case "commit":
			e.Commits = append(e.Commits, dora.Commit{Repo: r.Repo, SHA: r.SHA, Parents: r.Parents, AuthorDate: r.AuthorDate, CommitterDate: r.CommitterDate})
		case "deployment":
			e.Deployments = append(e.Deployments, dora.Deployment{
				Repo: r.Repo, ID: r.ID, Ref: r.Ref, SHA: r.SHA, Status: dora.Status(r.Status), CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt, Source: dora.Tags,
			})
		}
	}
}
