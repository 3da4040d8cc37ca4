package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// partial fails unless the last run came to these reasons.
func (l *ledger) partial(reasons ...string) {
	l.t.Helper()
	if l.last.Status != dora.Partial || !slices.Equal(l.last.Reasons, reasons) {
		l.t.Errorf("%s: %s %v; want partial %v\n%s", l.want.Resource, l.last.Status, l.last.Reasons, reasons, strings.Join(l.h.log, "\n"))
	}
}

// TestRel_A11_PoisonedItems has items on which the server always fails: all
// others are read, and these in the first run in which they can be.
func TestRel_A11_PoisonedItems(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		for _, resource := range []string{dora.ResourceChanges, dora.ResourceDeployments, dora.ResourceIncidents} {
			h := newHub(t)
			h.fill(70)
			var ids []int
			kind := "pull"
			switch resource {
			case dora.ResourceChanges:
				ids = []int{h.pulls[3].N, h.pulls[60].N}
			case dora.ResourceDeployments:
				kind, ids = "deployment", []int{h.deployments[3].ID, h.deployments[69].ID}
			case dora.ResourceIncidents:
				if len(edit) > 0 {
					continue // REST tells all of an issue in the list
				}
				kind, ids = "issue", []int{h.issues[3].N, h.issues[69].N}
			}
			for _, id := range ids {
				h.poison[fmt.Sprint(kind, " ", id)] = true
			}
			l := newLedger(h, resource)
			c := h.client(edit...)
			for range 2 { // the second run tries them again
				l.sync(c)
				l.partial(dora.ItemsMissing)
				if len(l.records) != 68 {
					t.Errorf("%s: %d records, want 68", resource, len(l.records))
				}
				h.pass(time.Hour)
			}
			delete(h.poison, fmt.Sprint(kind, " ", ids[0]))
			l.sync(c)
			l.partial(dora.ItemsMissing)
			clear(h.poison)
			h.pass(time.Hour)
			l.sync(c)
			l.complete()
			l.same()
		}
	})
}

// TestRel_A11_PagesGrowAgain has a server that fails on large pages for a while.
func TestRel_A11_PagesGrowAgain(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.fill(120)
	h.fault = func(n int, question string) int {
		if n < 20 && (strings.Contains(question, "size:50") || strings.Contains(question, "size:25")) {
			return 502
		}
		return 0
	}
	l := newLedger(h, dora.ResourceChanges)
	l.sync(h.client())
	l.complete()
	l.same()
	var sizes []string
	for _, q := range h.log {
		_, rest, _ := strings.Cut(q, "size:")
		size, _, _ := strings.Cut(rest, "]")
		if len(sizes) == 0 || sizes[len(sizes)-1] != size {
			sizes = append(sizes, size)
		}
	}
	if want := []string{"50", "25", "12"}; !slices.Equal(sizes[:3], want) {
		t.Errorf("pages of %v, want them to begin with %v", sizes, want)
	}
	for range 12 {
		h.pass(time.Hour)
		l.sync(h.client())
	}
	if last := h.log[len(h.log)-1]; !strings.Contains(last, "size:25") {
		t.Errorf("after many good pages: %s; want larger ones", last)
	}
}

func TestCount_WhatIsNotListed(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.fill(60)
	l := newLedger(h, dora.ResourceChanges)
	c := h.client()
	l.sync(c)
	l.complete()

	// One that was deleted is found by the count, and is missing.
	h.pulls = slices.Delete(h.pulls, 5, 6)
	h.pass(time.Hour)
	if got := l.sync(c); got < 3 {
		t.Errorf("%d requests; want a listing", got)
	}
	l.complete()
	l.same()
	if len(l.missing) != 1 {
		t.Errorf("missing: %v, want one", l.missing)
	}

	// One that is counted and never listed cannot be proved, and is not looked for for ever.
	h.hidden = 1
	h.pass(time.Hour)
	l.sync(c)
	l.partial(dora.Unproven)
	h.pass(time.Hour)
	if got := l.sync(c); got != 1 {
		t.Errorf("%d requests; want 1: it is known that the count does not fit", got)
	}
	l.partial(dora.Unproven)
	h.hidden = 0
	h.pass(time.Hour)
	l.sync(c)
	l.complete()
}

// TestCount_RecordsLost has a store that lost what was kept: the count tells.
func TestCount_RecordsLost(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.fill(60)
	l := newLedger(h, dora.ResourceDeployments)
	c := h.client()
	l.sync(c)
	id := fmt.Sprint(h.deployments[7].ID)
	delete(l.records, id)
	delete(l.passes, id)
	h.pass(time.Hour)
	l.sync(c)
	l.complete()
	l.same()
}

// TestRel_A15_Circles has lists that never end.
func TestRel_A15_Circles(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		for _, resource := range resources {
			h := newHub(t)
			h.fill(150)
			first := map[string]any{}
			h.alter = func(question string, answer any) any {
				list, _, _ := strings.Cut(question, "?")
				list, _, _ = strings.Cut(list, " ")
				if strings.Contains(list, "/") && !strings.HasSuffix(list, "/runs") {
					return answer // lists inside items are fine
				}
				if first[list] == nil {
					first[list] = answer
				}
				return first[list]
			}
			l := newLedger(h, resource)
			l.sync(h.client(edit...))
			if l.last.Status != dora.Partial {
				t.Errorf("%s: %s %v, want it partial", resource, l.last.Status, l.last.Reasons)
			}
			if got := h.asked(); got > 400 {
				t.Errorf("%s: %d requests in circles", resource, got)
			}
			h.alter = nil
			h.pass(time.Hour)
			l.sync(h.client(edit...))
			l.complete()
			l.same()
		}
	})
}

func TestRel_A17_WindowsOfRuns(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.clock.now = scriptStart.AddDate(0, -6, 0)
	for range 2700 {
		h.pass(37 * time.Minute)
		h.addRun("success")
	}
	for range 900 { // a busy second
		h.addRun("failure")
	}
	h.clock.now = scriptStart
	l := newLedger(h, dora.ResourceWorkflowRuns)
	l.sync(h.client())
	l.complete()
	l.same()

	for range 200 { // too busy a second
		r := h.addRun("failure")
		r.Created = h.runs[2700].Created
		r.Attempts[0].Started, r.Attempts[0].Updated = r.Created, r.Created
	}
	l = newLedger(h, dora.ResourceWorkflowRuns)
	l.sync(h.client())
	l.partial(dora.APICap)
}

// TestRel_A18_RunsThatChange has a run that ends later and one that is run again.
func TestRel_A18_RunsThatChange(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.clock.now = scriptStart.AddDate(0, 0, -50)
	slow := h.addRun("")
	slow.Attempts[0].Status = "in_progress"
	h.clock.now = scriptStart.AddDate(0, 0, -20)
	again := h.addRun("failure")
	h.clock.now = scriptStart
	l := newLedger(h, dora.ResourceWorkflowRuns)
	l.sync(h.client())
	l.same()
	if r := l.records[fmt.Sprintf("%d/1", slow.ID)]; !strings.Contains(r, `"pending"`) {
		t.Errorf("a run that goes on: %s", r)
	}
	h.pass(time.Hour)
	slow.Attempts[0] = hubAttempt{slow.Created, h.now(), "completed", "success"}
	again.Attempts = append(again.Attempts, hubAttempt{h.now(), h.now(), "completed", "cancelled"}, hubAttempt{h.now() + 60, h.now() + 90, "completed", "success"})
	h.pass(time.Hour)
	l.sync(h.client())
	l.complete()
	l.same()
	h.pass(time.Hour)
	if got := l.sync(h.client()); got != 1 {
		t.Errorf("%d requests with nothing new, want 1: attempts that are known need not be read again\n%s", got, strings.Join(h.log, "\n"))
	}
}

// TestRel_A18_DeploymentsThatChange has deployments that end weeks later, and
// one that the next one ends.
func TestRel_A18_DeploymentsThatChange(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		h := newHub(t)
		h.clock.now = scriptStart.AddDate(0, 0, -60)
		late := h.addDeployment("staging")
		gone := h.addDeployment("staging")
		live := h.addDeployment("production")
		h.status(live, dora.Success)
		h.clock.now = scriptStart
		l := newLedger(h, dora.ResourceDeployments)
		c := h.client(edit...)
		l.sync(c)
		l.complete()
		l.same()
		h.pass(time.Hour)
		h.status(late, dora.Failure)
		h.status(h.addDeployment("production"), dora.Success)
		h.pass(time.Hour)
		l.sync(c)
		l.complete()
		l.same()
		h.deployments = slices.DeleteFunc(h.deployments, func(d *hubDeployment) bool { return d == gone })
		h.pass(time.Hour)
		l.want.Full = len(edit) > 0
		l.sync(c)
		l.complete()
		l.same()
		var s walk
		if err := json.Unmarshal(l.state, &s); err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(s.Watched, func(w tracked) bool { return w.ID == fmt.Sprint(gone.ID) || w.ID == fmt.Sprint(late.ID) }) {
			t.Errorf("what ended is still watched: %+v", s.Watched)
		}
	})
}

func TestIncidents_LabelsThatComeAndGo(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		h := newHub(t)
		h.fill(5)
		other := h.addIssue("question")
		outage := h.addIssue("outage")
		l := newLedger(h, dora.ResourceIncidents)
		c := h.client(edit...)
		l.sync(c)
		l.same()
		if len(l.records) != 5 {
			t.Errorf("%d records, want 5", len(l.records))
		}
		h.pass(2 * time.Hour)
		taken := h.issues[2]
		taken.Labels, taken.Had, taken.Updated = nil, []string{"incident"}, h.now()
		other.Labels, other.Updated = append(other.Labels, "incident"), h.now()
		l.sync(c)
		l.complete()
		if got := l.records[fmt.Sprint(taken.N)]; strings.Contains(got, `"incident"`) {
			t.Errorf("the label was taken away, and the record is %s", got)
		}
		if l.records[fmt.Sprint(other.N)] == "" {
			t.Errorf("no record of an issue that was given the label")
		}
		again := h.issues[3]
		h.pass(time.Hour)
		again.Labels, again.Had, again.Updated = nil, []string{"incident"}, h.now()
		h.pass(2 * time.Hour)
		l.want.Full = true // the listing does not name it any more
		l.sync(c)
		l.complete()
		if got := l.records[fmt.Sprint(again.N)]; strings.Contains(got, `"incident"`) {
			t.Errorf("the label was taken away, all was listed anew, and the record is %s", got)
		}
		l.want.Labels = []string{"incident", "outage"} // a new label brings older issues
		h.pass(2 * time.Hour)
		l.sync(c)
		l.complete()
		if l.records[fmt.Sprint(outage.N)] == "" {
			t.Errorf("no record of an issue with a label that is wanted since")
		}
	})
}

func TestRel_A7_IssuesSwitchedOff(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		h := newHub(t)
		h.fill(5)
		h.issuesOff = true
		l := newLedger(h, dora.ResourceIncidents)
		l.sync(h.client(edit...))
		if l.last.Status != dora.Complete || !l.last.Done {
			t.Errorf("without issues: %s %v, want complete", l.last.Status, l.last.Reasons)
		}
		h.issuesOff = false // what was there before is seen
		h.pass(48 * time.Hour)
		l.sync(h.client(edit...))
		l.complete()
		l.same()
	})
}

func TestIncidents_ManyOfOneSecond(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		h := newHub(t)
		for range 350 {
			h.addIssue("incident")
		}
		h.pass(time.Minute)
		h.addIssue("incident")
		h.pass(time.Minute)
		l := newLedger(h, dora.ResourceIncidents)
		l.sync(h.client(edit...))
		l.complete()
		l.same()
	})
}

func TestReleases_AnywhereInTheList(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.fill(250)
	l := newLedger(h, dora.ResourceReleases)
	c := h.client()
	l.sync(c)
	l.complete()
	l.same()
	h.pass(time.Hour)
	if got := l.sync(c); got != 1 {
		t.Errorf("%d requests with nothing new, want 1", got)
	}
	// A release of an old commit stands far from the front: a day later it is seen.
	old := h.addRelease()
	old.Created, old.Pre = h.releases[3].Created, false
	h.pass(25 * time.Hour)
	l.sync(c)
	l.complete()
	l.same()
}

// TestRel_A14_WrongItems leaves items out that cannot be right, and says so.
func TestRel_A14_WrongItems(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		for _, resource := range resources {
			h := newHub(t)
			h.fill(8)
			h.pulls[2].Created = h.now() + 100*24*3600
			h.deployments[2].Created = h.now() + 100*24*3600
			h.issues[2].Created = -5
			h.releases[2].Published, h.releases[2].Pre = h.now()+100*24*3600, false
			h.runs[2].Attempts[0].Updated = -5
			l := newLedger(h, resource)
			l.sync(h.client(edit...))
			l.partial(dora.ItemsMissing)
			if want := len(h.truth(resource)) - 1; len(l.records) != want {
				t.Errorf("%s: %d records, want %d", resource, len(l.records), want)
			}
		}
	})
}

func TestRead_Truncated(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		h := newHub(t)
		h.addPull().Commits = 120
		h.addPull().Commits = 250
		l := newLedger(h, dora.ResourceChanges)
		l.sync(h.client(edit...))
		l.complete()
		l.same()
	})
}

func TestRead_UnknownLists(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	_, err := h.client().Read(t.Context(), h.repository(), Want{Resource: "stars"}, nil)
	if err == nil || !strings.Contains(err.Error(), "stars of acme/pay") {
		t.Errorf("got %v", err)
	}
}

// TestRead_DamagedState starts anew where the state is of another version.
func TestRead_DamagedState(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.fill(3)
	for _, state := range []string{"{", `{"v":99,"since":1}`, "null", "[]"} {
		for _, resource := range resources {
			l := newLedger(h, resource)
			l.state = []byte(state)
			l.sync(h.client())
			l.complete()
			l.same()
		}
	}
}

// TestRel_A7_GoneAndDenied passes on what the server says of the repository.
func TestRel_A7_GoneAndDenied(t *testing.T) {
	t.Parallel()
	for _, resource := range resources {
		h := newHub(t)
		h.fault = func(int, string) int { return 404 }
		l := newLedger(h, resource)
		_, err := l.step(h.client())
		var gone *GoneError
		if !errors.As(err, &gone) {
			t.Errorf("%s: got %v, want a GoneError", resource, err)
		}
	}
	s := newScript(t, reply(200, `{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"no such"}]}`))
	_, err := s.client(t).Read(t.Context(), Repository{Name: "acme/pay"}, Want{Resource: dora.ResourceChanges}, nil)
	var gone *GoneError
	if !errors.As(err, &gone) || !strings.Contains(err.Error(), "acme/pay") {
		t.Errorf("got %v, want a GoneError that names the repository", err)
	}
	s = newScript(t, reply(200, `{"data":{"repository":{"pullRequests":null}},"errors":[{"type":"FORBIDDEN","path":["repository","pullRequests"],"message":"Resource not accessible"}]}`))
	_, err = s.client(t).Read(t.Context(), Repository{Name: "acme/pay"}, Want{Resource: dora.ResourceChanges}, nil)
	var denied *DeniedError
	if !errors.As(err, &denied) {
		t.Errorf("got %v, want a DeniedError", err)
	}
}
