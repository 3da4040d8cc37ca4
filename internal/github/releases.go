package github

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// rereading is how old the last reading of all releases may be. New ones stand
// on the first page as a rule; one of an old commit stands further down.
const rereading = 24 * time.Hour

// releaseWalk is the state of the releases of a repository.
type releaseWalk struct {
	V      int         `json:"v"`
	Number int64       `json:"number,omitempty"` // of the newest listing
	Front  string      `json:"front,omitempty"`  // stands for the first page, when all was read; "": it was not
	Single bool        `json:"single,omitempty"` // the first page was all
	Read   int64       `json:"read,omitempty"`   // when all was last read
	Bad    bool        `json:"bad,omitempty"`    // some of it could not be
	Run    *releaseRun `json:"run,omitempty"`
}

// releaseRun is a reading that is going on.
type releaseRun struct {
	At    string `json:"at,omitempty"`
	Start int64  `json:"start,omitempty"` // of this reading
	Trial int    `json:"trial,omitempty"`
	Items int    `json:"items,omitempty"`
	Front string `json:"front,omitempty"`
	Sum   string `json:"sum,omitempty"`  // stands for the pages so far
	Last  string `json:"last,omitempty"` // stands for the page before
	Was   string `json:"was,omitempty"`  // stands for all pages, in the reading before
	Bad   bool   `json:"bad,omitempty"`
}

// release is a release of REST.
type release struct {
	TagName           string `json:"tag_name"`
	HTMLURL           string `json:"html_url"`
	Draft, Prerelease bool
	PublishedAt       moment `json:"published_at"`
	UpdatedAt         moment `json:"updated_at"`
}

const releasesAPage = 100

// releases reads a page of releases. They are listed in an order of GitHub's
// own, so that one can appear or vanish anywhere: all are read, twice where they
// are more than a page.
func (c *Client) releases(ctx context.Context, r Repository, w Want, data []byte) (Page, error) {
	var s releaseWalk
	if !recall(data, &s, &s.V) {
		s = releaseWalk{V: stateVersion}
	}
	if s.Run == nil {
		s.Run = &releaseRun{}
		if w.Full {
			s.Front = ""
		}
	}
	run := s.Run
	list, next, more, a, err := restPage[release](ctx, c, "repos/"+r.Name+"/releases", run.At, releasesAPage)
	var invalid *InvalidError
	if errors.As(err, &invalid) && run.At != "" { // GitHub lists the first 10,000
		return s.done(Page{At: c.meter.now()}, r, dora.APICap)
	}
	if err != nil {
		return Page{}, err
	}
	page := Page{At: a.Date}
	sum := s.take(&page, list, r.Name, next)
	switch {
	case run.At == "":
		run.Front = sum
		if s.unchanged(a.Date) {
			page.Pass = 0
			return s.done(page, r, "")
		}
		if !more {
			s.Single = true
			return s.done(page, r, "")
		}
	case more && sum == run.Last:
		return s.done(page, r, dora.Unproven) // the list goes round in circles (rel/A15)
	case !more:
		return s.ends(page, r)
	}
	run.At, run.Last = next, sum
	return keep(page, &s)
}

// take takes in a page and returns what stands for it.
func (s *releaseWalk) take(page *Page, list []release, repo, next string) string {
	run := s.Run
	if run.At == "" {
		run.Start, run.Sum, run.Last, run.Bad = page.At.Unix(), "", "", false
		s.Number = max(s.Number+1, run.Start)
	}
	page.Pass = s.Number
	h := sha256.New()
	for _, n := range list {
		fmt.Fprintf(h, "%q %v %v %d\n", n.TagName, n.Draft, n.Prerelease, n.PublishedAt.Unix())
		if n.Draft || n.Prerelease { // metrics/D4
			continue
		}
		d, err := n.record(repo, page.At)
		if err != nil {
			run.Bad = true
			continue
		}
		page.Events.Deployments = append(page.Events.Deployments, d)
	}
	run.Items += len(list)
	page.Items = run.Items
	sum := hex.EncodeToString(h.Sum(nil)[:8])
	all := sha256.Sum256([]byte(run.Sum + sum))
	run.Sum = hex.EncodeToString(all[:8])
	return sum
}

// record makes a record of a release that is out.
func (n release) record(repo string, now time.Time) (dora.Deployment, error) {
	if n.TagName == "" || n.PublishedAt.IsZero() {
		return dora.Deployment{}, errors.New("it has no tag or no time of publication")
	}
	if err := possible(now, n.PublishedAt, n.UpdatedAt); err != nil {
		return dora.Deployment{}, err
	}
	return dora.Deployment{
		ID: n.TagName, Ref: n.TagName, Repo: repo, URL: n.HTMLURL, Source: dora.Releases, Status: dora.Success,
		CreatedAt: n.PublishedAt.Time, FinishedAt: n.PublishedAt.Time, UpdatedAt: n.UpdatedAt.Time,
	}, nil
}

// unchanged reports whether the first page tells that nothing happened.
func (s *releaseWalk) unchanged(now time.Time) bool {
	return s.Front != "" && s.Front == s.Run.Front && !s.Bad && (s.Single || now.Sub(seconds(s.Read)) < rereading)
}

// ends follows the last page of several: two readings must come to the same.
func (s *releaseWalk) ends(page Page, r Repository) (Page, error) {
	run := s.Run
	run.Trial++
	switch {
	case run.Sum == run.Was:
		s.Single = false
		return s.done(page, r, "")
	case run.Trial >= trials:
		return s.done(page, r, dora.Unproven)
	}
	run.At, run.Was = "", run.Sum
	return keep(page, s)
}

// done ends the run. Without a reason not to, the releases are proved.
func (s *releaseWalk) done(page Page, r Repository, reason string) (Page, error) {
	run := s.Run
	page.Done, page.Items = true, run.Items
	page.From, page.To = span(r.CreatedAt, seconds(run.Start))
	page.Status = dora.Complete
	if page.Pass != 0 {
		s.Bad = run.Bad
	}
	if s.Bad {
		page.Status, page.Reasons = dora.Partial, append(page.Reasons, dora.ItemsMissing)
	}
	if reason != "" {
		page.Status, page.Reasons = dora.Partial, append(page.Reasons, reason)
	}
	if page.Pass != 0 {
		page.EndsPass = page.Status == dora.Complete
		s.Front, s.Read = "", run.Start
		if page.Status == dora.Complete {
			s.Front = run.Front
		}
	}
	s.Run = nil
	return keep(page, s)
}
