package github

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// Want says what to read of a repository.
type Want struct {
	Resource         string   // of package dora: ResourceChanges, …Deployments, …Incidents, …Releases or …WorkflowRuns
	Labels           []string // of incidents: an issue is one that has any of them
	Workflow, Branch string   // of runs: the file of the workflow, and the branch; "": of all branches
	Files            bool     // changes with the files that they touch
	Full             bool     // list everything anew; matters in the first call of a run
	Count            int      // what the store holds of it now, without what is missing upstream
}

// Page is what one call of Read brings.
type Page struct {
	Events       dora.Events
	State        []byte    // where to go on; JSON, to be kept together with Events
	Done         bool      // this run has nothing more to ask
	From, To     time.Time // the span that is known after this page; To zero: as before
	Status       dora.CoverageStatus
	Reasons      []string // why Status is not complete
	Pass         int64    // not 0: the page is part of the full listing of that number
	EndsPass     bool     // with this page the listing is whole
	At           time.Time
	Items, Total int // read in this run, and of about how many; 0: not known
}

// Read reads the next page of a list: as a rule with one request, with more
// where an item has lists of more than a page. The state is that of the last
// page, of this run or an earlier one; nil before the first. An error leaves
// everything as it was, so the same call may be made again.
func (c *Client) Read(ctx context.Context, r Repository, w Want, state []byte) (Page, error) {
	page, err := c.read(ctx, r, w, state)
	if err != nil {
		return Page{}, fmt.Errorf("read %s of %s: %w", w.Resource, r.Name, err)
	}
	if page.To.IsZero() {
		page.From, page.Status, page.Reasons = time.Time{}, "", nil
	}
	return page, nil
}

func (c *Client) read(ctx context.Context, r Repository, w Want, state []byte) (Page, error) {
	rest := c.options.API == "rest"
	switch w.Resource {
	case dora.ResourceChanges:
		if rest {
			return c.walk(ctx, restPulls{c, r, w.Files}, r, w, state)
		}
		return c.walk(ctx, pulls{c, r, w.Files}, r, w, state)
	case dora.ResourceDeployments:
		if rest {
			return c.walk(ctx, restDeployments{c, r}, r, w, state)
		}
		return c.walk(ctx, deployments{c, r}, r, w, state)
	case dora.ResourceIncidents:
		return c.issues(ctx, r, w, state)
	case dora.ResourceReleases:
		return c.releases(ctx, r, w, state)
	case dora.ResourceWorkflowRuns:
		return c.runs(ctx, r, w, state)
	}
	return Page{}, fmt.Errorf("GitHub has no such list")
}

// stateVersion is that of all states. A state of another version, or one that
// cannot be read, is none: everything is listed anew.
const stateVersion = 1

// recall reads a state; false where there is none.
func recall(data []byte, into any, version *int) bool {
	return len(data) > 0 && json.Unmarshal(data, into) == nil && *version == stateVersion
}

const (
	overlap = time.Hour // what is read again before the start of the last proof: clocks differ, and replicas lag
	trials  = 3         // passes, or readings of a list, that may fail to prove it
)

// lister reads pages of one list, of changes or deployments.
type lister interface {
	traits() traits
	// page reads a page, as the phase of the run wants it.
	page(ctx context.Context, q ask) (batch, error)
	// bare reads what stands for the items of a page that cannot be read.
	bare(ctx context.Context, q ask) (batch, error)
	// one reads a single item by its id; an empty batch: there is none.
	one(ctx context.Context, id string) (batch, error)
}

// traits tell lists apart.
type traits struct {
	sizes   []int         // items a page, from the usual down to 1
	counted bool          // the source counts the list; else it is read twice
	falling bool          // the listing begins with the newest
	settle  time.Duration // for how long items change without moving to the front of the news
}

// ask is the question for a page.
type ask struct {
	phase   phase
	at      string // the end of the page before; "": the first
	size    int    // 0: only what is watched
	until   int64  // of news: items that are older are known, and need only be named
	watched []tracked
}

// known reports whether an item of the news need not be read.
func (q ask) known(at moment) bool { return q.phase == news && at.Unix() < q.until }

// batch is the answer.
type batch struct {
	events  dora.Events
	items   []listed  // all that the page names, in order
	wrong   []string  // ids of items that could not be read; "": not even that is known
	read    []string  // ids of the deployments that were read
	watch   []tracked // of these, the ones to look at again
	gone    []string  // of the watched, those that are not there any more
	at      string    // the end of this page
	more    bool
	reached time.Time // where in the order of the news the page ends
	total   int       // by the source; 0: it does not count
	date    time.Time
}

// listed is an item as a listing names it.
type listed struct {
	id      string
	created time.Time
}

// phase is what a run does next.
type phase string

const (
	listing   phase = "listing"   // everything, by the time of creation
	verifying phase = "verifying" // the ids of everything once more
	retrying  phase = "retrying"  // items that could not be read in the last run
	news      phase = "news"      // what came or changed
	checking  phase = "checking"  // the store against the count of the source; takes no request
)

// walk is the state of a list. Times are seconds since 1970.
type walk struct {
	V       int       `json:"v"`
	Since   int64     `json:"since,omitempty"`   // start of the last proof; 0: never listed to the end
	Number  int64     `json:"number,omitempty"`  // of the newest listing
	Files   bool      `json:"files,omitempty"`   // changes were listed with their files
	Size    int       `json:"size,omitempty"`    // items a page, after failures; 0: the usual
	Good    int       `json:"good,omitempty"`    // pages since
	Skipped []string  `json:"skipped,omitempty"` // items that could not be read
	Lost    bool      `json:"lost,omitempty"`    // neither could others, which are too many or have no id
	Gap     int       `json:"gap,omitempty"`     // how many more the source counts than it lists
	Watched []tracked `json:"watched,omitempty"`
	Crowd   bool      `json:"crowd,omitempty"` // there are more of those than are remembered
	Run     *walkRun  `json:"run,omitempty"`   // nil between runs
}

// walkRun is what a walk knows of the run that is going on.
type walkRun struct {
	Phase    phase    `json:"phase"`
	At       string   `json:"at,omitempty"`
	Listings int      `json:"listings,omitempty"` // begun
	Passes   int      `json:"passes,omitempty"`   // for news, begun since the last listing
	Start    int64    `json:"start,omitempty"`    // of this pass or listing: the date of its first answer; 0: none yet
	Before   int64    `json:"before,omitempty"`   // start of the pass before
	Until    int64    `json:"until,omitempty"`    // what is older than that need not be read in this pass
	Reached  bool     `json:"reached,omitempty"`  // the list of this pass, though not what is watched
	Proved   bool     `json:"proved,omitempty"`   // the first answer showed all that is newer than Before
	Total    int      `json:"total,omitempty"`    // by the first answer
	Items    int      `json:"items,omitempty"`    // read in this run
	Named    int      `json:"named,omitempty"`    // read in this pass or listing
	Last     string   `json:"last,omitempty"`     // what the last page named
	Idle     int      `json:"idle,omitempty"`     // pages in a row that named the same
	Unproven bool     `json:"unproven,omitempty"` // the list would not hold still
	Retry    []string `json:"retry,omitempty"`
	First    tally    `json:"first,omitzero"`  // of the listing
	Second   tally    `json:"second,omitzero"` // of its verification
}

// maxSkipped bounds the items that a state remembers one by one.
const maxSkipped = 100

// walk reads a page of changes or deployments.
func (c *Client) walk(ctx context.Context, l lister, r Repository, w Want, data []byte) (Page, error) {
	var s walk
	if !recall(data, &s, &s.V) {
		s = walk{V: stateVersion}
	}
	s.begin(w, l.traits())
	if s.Run.Phase == checking {
		if s.settled(w.Count) {
			return s.done(Page{At: seconds(s.Run.Start)}, r)
		}
		s.list()
	}
	if s.Run.Phase == retrying {
		return s.again(ctx, l)
	}
	b, err := s.fetch(ctx, c, l)
	if err != nil {
		return Page{}, err
	}
	over := s.take(b, l.traits())
	page := Page{Events: b.events, At: b.date, Pass: s.passNumber(), Items: s.Run.Items, Total: s.Run.Total}
	switch {
	case !over:
		return s.kept(page)
	case l.traits().counted:
		page.EndsPass = page.Pass != 0 && !s.broken() && !s.Run.Unproven
		s.Run.Phase = checking
		return s.kept(page)
	}
	page.EndsPass = page.Pass != 0 && !s.broken() && !s.Run.Unproven
	return s.done(page, r)
}

// begin starts a run, unless one is going on. A listing that is going on is as
// good as one from the start, if it has all that is wanted.
func (s *walk) begin(w Want, t traits) {
	lacking := w.Files && !s.Files
	if s.Run != nil && !lacking && (!w.Full || s.Run.Listings > 0) {
		return
	}
	relist := w.Full || lacking || s.Since == 0 || s.Lost
	s.Run = &walkRun{}
	s.Files = w.Files
	if relist {
		s.list()
		return
	}
	s.Run.Retry, s.Skipped = s.Skipped, nil
	s.pass(s.Since, t.settle)
	if len(s.Run.Retry) > 0 {
		s.Run.Phase = retrying
	}
}

// list begins a listing.
func (s *walk) list() {
	s.Skipped, s.Lost, s.Crowd = nil, false, false
	s.Run = &walkRun{Phase: listing, Listings: s.Run.Listings + 1, Items: s.Run.Items}
	s.unask()
}

// pass begins a pass for what is new since the start of the one before it.
func (s *walk) pass(before int64, settle time.Duration) {
	r := s.Run
	r.Phase, r.At, r.Start, r.Total, r.Named, r.Last, r.Idle = news, "", 0, 0, 0, "", 0
	r.Reached, r.Proved = false, false
	r.Before, r.Until = before, before-int64((overlap+settle)/time.Second)
	r.Passes++
	s.unask()
}

// passNumber is that of the listing which the run is proving; 0: none.
func (s *walk) passNumber() int64 {
	if s.Run.Listings > 0 {
		return s.Number
	}
	return 0
}

// fetch reads the next page. Where that fails it asks for smaller ones, until
// an item that cannot be read is alone and can be stepped over (rel/A11).
func (s *walk) fetch(ctx context.Context, c *Client, l lister) (batch, error) {
	for {
		q := s.ask(l.traits())
		if q.size == 0 && len(q.watched) == 0 {
			return batch{date: seconds(s.Run.Start)}, nil
		}
		try := ctx
		if q.size > 1 || len(q.watched) > 1 {
			try = c.tries(ctx, 2)
		}
		b, err := l.page(try, q)
		switch {
		case err == nil:
			s.asked(q.watched)
			s.grow(l.traits().sizes)
			return b, nil
		case !divisible(err) || q.phase == verifying:
			return batch{}, err
		case s.shrink(l.traits().sizes):
		case len(q.watched) > 0:
			s.asked(q.watched) // the list goes on without it
			s.skip(q.watched[0].ID)
		default:
			b, bareErr := l.bare(ctx, q)
			if bareErr != nil {
				return batch{}, err
			}
			return b, nil
		}
	}
}

// ask is the next question.
func (s *walk) ask(t traits) ask {
	r := s.Run
	q := ask{phase: r.Phase, at: r.At, size: s.sizeOf(t.sizes), until: r.Until}
	if r.Phase == news {
		for _, w := range s.Watched {
			if !w.Asked && len(q.watched) < q.size {
				q.watched = append(q.watched, w)
			}
		}
	}
	if r.Reached {
		q.size = 0
	}
	return q
}

// sizeOf is the size of the next page. Over REST pages begin at multiples of it.
func (s *walk) sizeOf(sizes []int) int {
	offset, _ := strconv.Atoi(s.Run.At) // cursors of GraphQL are no numbers
	for _, size := range sizes {
		if (s.Size == 0 || size <= s.Size) && offset%size == 0 {
			return size
		}
	}
	return 1
}

// shrink makes pages smaller; false: they cannot be.
func (s *walk) shrink(sizes []int) bool {
	now := s.sizeOf(sizes)
	for _, size := range sizes {
		if size < now {
			s.Size, s.Good = size, 0
			return true
		}
	}
	return false
}

// grow makes pages larger again after ten good ones.
func (s *walk) grow(sizes []int) {
	if s.Size == 0 {
		return
	}
	if s.Good++; s.Good < 10 {
		return
	}
	s.Good = 0
	if i := slices.Index(sizes, s.Size); i > 1 {
		s.Size = sizes[i-1]
	} else {
		s.Size = 0
	}
}

// divisible reports whether a smaller page may be read where this one is not.
func divisible(err error) bool {
	var unavailable *UnavailableError
	var malformed *MalformedError
	var query *QueryError
	return errors.As(err, &unavailable) || errors.As(err, &malformed) || errors.As(err, &query)
}

// take takes in a page and moves on. It reports whether the run is over.
func (s *walk) take(b batch, t traits) bool {
	r := s.Run
	first := r.Start == 0
	if first {
		r.Start, r.Total = b.date.Unix(), b.total
		if r.Phase == listing && r.Listings > 0 {
			s.Number = max(s.Number+1, r.Start)
		}
	}
	s.note(b)
	stuck := r.stuck(b)
	r.At = b.at
	switch more := b.more && !stuck; r.Phase {
	case listing:
		r.First.add(b.items, t.falling, r.Start)
		return !more && s.listedAll(first && !stuck, t)
	case verifying:
		r.Second.add(b.items, t.falling, r.Start)
		return !more && s.verified()
	default:
		r.Proved = r.Proved || first && (!b.more || b.reached.Unix() < r.Before)
		r.Reached = r.Reached || !more || b.reached.Unix() < r.Until
		return r.Reached && !s.waiting() && s.passed()
	}
}

// note remembers what could not be read, and what is to be looked at again.
func (s *walk) note(b batch) {
	s.Run.Items += len(b.items)
	s.Run.Named += len(b.items)
	for _, id := range b.wrong {
		s.skip(id)
	}
	for _, id := range b.read {
		s.Skipped = slices.DeleteFunc(s.Skipped, func(skipped string) bool { return skipped == id })
	}
	s.look(b)
}

func (s *walk) skip(id string) {
	switch {
	case id == "" || len(s.Skipped) >= maxSkipped:
		s.Lost = true
	case !slices.Contains(s.Skipped, id):
		s.Skipped = append(s.Skipped, id)
	}
}

// stuck finds lists that go round in circles (rel/A15).
func (r *walkRun) stuck(b batch) bool {
	names := b.at
	if len(b.items) > 0 {
		names = b.items[0].id + " " + b.items[len(b.items)-1].id
	}
	if r.Idle++; names != r.Last {
		r.Idle = 0
	}
	r.Last = names
	circles := b.more && (b.at == "" || b.at == r.At || r.Idle >= trials || r.Total > 0 && r.Named > 2*r.Total+1000)
	r.Unproven = r.Unproven || circles
	return circles
}

// listedAll follows the end of a listing. A list of one answer proves itself.
func (s *walk) listedAll(single bool, t traits) bool {
	r := s.Run
	switch {
	case r.Unproven:
		s.Lost = true // the next run begins at the front
		return true
	case single:
		r.Proved = true
		s.Watched = slices.DeleteFunc(s.Watched, func(w tracked) bool { return !w.Asked }) // not in the list: gone
		return true
	case t.counted:
		s.pass(r.Start, 0)
	default:
		r.Phase, r.At, r.Last, r.Idle, r.Second = verifying, "", "", 0, tally{}
	}
	return false
}

// verified follows the end of the second reading of a list.
func (s *walk) verified() bool {
	r := s.Run
	switch same := r.First == r.Second && !r.Unproven; {
	case !same && r.Listings < trials:
		s.list()
	default:
		r.Unproven, s.Lost = !same, !same
		s.pass(r.Start, 0)
	}
	return false
}

// passed follows the end of a pass.
func (s *walk) passed() bool {
	r := s.Run
	switch {
	case r.Unproven || r.Proved:
		return true
	case r.Passes >= trials:
		r.Unproven = true
		return true
	}
	s.pass(r.Start, 0)
	return false
}

// broken reports whether items are missing that could not be read.
func (s *walk) broken() bool { return len(s.Skipped) > 0 || s.Lost }

// settled holds what the store has against the count of the source. False means
// that all has to be listed anew.
func (s *walk) settled(count int) bool {
	r := s.Run
	gap := r.Total - count
	switch {
	case r.Unproven || gap == 0:
		s.Gap = 0
		return true
	case s.broken() && (r.Listings > 0 || gap > 0 && gap <= len(s.Skipped)):
		return true // it is partial for that reason
	case gap != s.Gap && r.Listings < 2:
		return false
	}
	s.Gap, r.Unproven = gap, true
	return true
}

// again tries one of the items that could not be read in the last run.
func (s *walk) again(ctx context.Context, l lister) (Page, error) {
	r := s.Run
	id := r.Retry[0]
	b, err := l.one(ctx, id)
	if err != nil && !divisible(err) {
		return Page{}, err
	}
	if r.Retry = r.Retry[1:]; len(r.Retry) == 0 {
		r.Phase = news
	}
	if err != nil {
		s.skip(id)
	}
	s.note(b)
	return s.kept(Page{Events: b.events, At: b.date, Items: r.Items})
}

// done ends the run with what it proved.
func (s *walk) done(page Page, r Repository) (Page, error) {
	run := s.Run
	page.Done, page.Items, page.Total = true, run.Items, run.Total
	page.From, page.To = span(r.CreatedAt, seconds(run.Start))
	page.Status, page.Reasons = worth(run.Unproven, s.broken() || s.Crowd)
	s.Since = run.Start
	if run.Unproven && !run.Proved && run.Before > 0 {
		s.Since = run.Before
	}
	s.Run = nil
	return s.kept(page)
}

// kept puts the state into a page.
func (s *walk) kept(page Page) (Page, error) { return keep(page, s) }

func keep(page Page, state any) (Page, error) {
	data, err := json.Marshal(state)
	page.State = data
	return page, err
}

func seconds(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// span is what is known: a clock that is behind does not turn it round.
func span(from, to time.Time) (time.Time, time.Time) {
	if from.After(to) {
		from = to
	}
	return from, to
}

// worth is the status of a span.
func worth(unproven, missing bool) (dora.CoverageStatus, []string) {
	var reasons []string
	if missing {
		reasons = append(reasons, dora.ItemsMissing)
	}
	if unproven {
		reasons = append(reasons, dora.Unproven)
	}
	if reasons == nil {
		return dora.Complete, nil
	}
	return dora.Partial, reasons
}

// tally stands for the items of a listing that were there when it began. Two
// readings of one list have the same.
type tally struct {
	N    int    `json:"n,omitempty"`
	Sum  uint64 `json:"sum,omitempty"`
	Last int64  `json:"last,omitempty"`
}

// add takes in a page. Where items move to a later page while the list is read,
// they are named twice, and count once: ids rise with the time of creation.
func (t *tally) add(items []listed, falling bool, before int64) {
	for _, item := range items {
		n, err := strconv.ParseInt(item.id, 10, 64)
		if err != nil || item.created.Unix() >= before || t.N > 0 && (n < t.Last) != falling || n == t.Last {
			continue
		}
		sum := sha256.Sum256([]byte(item.id))
		t.N, t.Sum, t.Last = t.N+1, t.Sum+binary.BigEndian.Uint64(sum[:]), n
	}
}
