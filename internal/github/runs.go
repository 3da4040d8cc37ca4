package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

const (
	rerunning = 31 * 24 * time.Hour // how long after its first attempt a run may be run again
	retention = 90 * 24 * time.Hour // how long GitHub keeps runs unless told otherwise
	maxListed = 1000                // how many runs a search lists, whatever it counts
)

// runWalk is the state of the runs of a workflow.
type runWalk struct {
	V       int        `json:"v"`
	Branch  string     `json:"branch,omitempty"` // that it holds for
	Since   int64      `json:"since,omitempty"`  // start of the last proof
	Oldest  int64      `json:"oldest,omitempty"` // creation of the oldest run that was seen
	Number  int64      `json:"number,omitempty"` // of the newest listing
	Size    int        `json:"size,omitempty"`
	Good    int        `json:"good,omitempty"`
	Skipped []string   `json:"skipped,omitempty"`
	Lost    bool       `json:"lost,omitempty"`
	Capped  bool       `json:"capped,omitempty"` // GitHub does not list all of some second
	Known   []knownRun `json:"known,omitempty"`  // that may still change
	Run     *runRun    `json:"run,omitempty"`
}

// knownRun is a run that has not ended, or has been run more than once: earlier
// attempts need not be asked for again.
type knownRun struct {
	ID       int64 `json:"id"`
	At       int64 `json:"at"` // its creation
	Attempts int   `json:"attempts,omitempty"`
	Open     bool  `json:"open,omitempty"`
}

// maxKnown bounds the runs that a state remembers.
const maxKnown = 500

// runRun is a run of ours that is going on. It reads the time from Low to High
// in windows of Width seconds.
type runRun struct {
	Start    int64    `json:"start,omitempty"` // date of the first answer
	Full     bool     `json:"full,omitempty"`
	Low      int64    `json:"low"`
	High     int64    `json:"high"`
	Width    int64    `json:"width"`
	At       string   `json:"at,omitempty"`    // within the window
	Seen     int      `json:"seen,omitempty"`  // of the window
	Total    int      `json:"total,omitempty"` // of the window, by its first answer
	Trial    int      `json:"trial,omitempty"` // of the window
	Items    int      `json:"items,omitempty"`
	Expected int      `json:"expected,omitempty"`
	Retry    []string `json:"retry,omitempty"`
	Unproven bool     `json:"unproven,omitempty"`
}

// workflowRun is an attempt of a run.
type workflowRun struct {
	ID         int64
	Attempt    int    `json:"run_attempt"`
	HeadBranch string `json:"head_branch"`
	HeadSHA    string `json:"head_sha"`
	HTMLURL    string `json:"html_url"`
	Status     string
	Conclusion string
	CreatedAt  moment `json:"created_at"` // of the run
	StartedAt  moment `json:"run_started_at"`
	UpdatedAt  moment `json:"updated_at"`
}

// runCount is how many runs a search finds. GitHub may write many as "2,500+".
type runCount int

func (n *runCount) UnmarshalJSON(data []byte) error {
	text := strings.ReplaceAll(string(bytes.Trim(data, `"`)), ",", "")
	digits := strings.TrimSuffix(text, "+")
	count, err := strconv.Atoi(digits)
	if err != nil || count < 0 {
		return &json.UnmarshalTypeError{Value: "value that is no count", Field: "total_count"}
	}
	if digits != text {
		count++
	}
	*n = runCount(count)
	return nil
}

// record makes a record of an attempt (metrics/D3). An error says why it cannot
// be one. What was cancelled or skipped is no attempt to deploy: inactive says
// that without counting it as a failure.
func (n workflowRun) record(repo, workflow string, now time.Time) (dora.Deployment, error) {
	if n.ID <= 0 || n.CreatedAt.IsZero() || n.UpdatedAt.IsZero() {
		return dora.Deployment{}, errors.New("it has no id or no times")
	}
	if err := possible(now, n.CreatedAt, n.StartedAt, n.UpdatedAt); err != nil {
		return dora.Deployment{}, err
	}
	d := dora.Deployment{
		ID: strconv.FormatInt(n.ID, 10), Attempt: max(n.Attempt, 1), Repo: repo, Workflow: workflow, Source: dora.Workflow,
		Ref: n.HeadBranch, SHA: n.HeadSHA, URL: n.HTMLURL, CreatedAt: n.CreatedAt.Time, UpdatedAt: n.UpdatedAt.Time, Status: dora.Pending,
	}
	if d.Attempt > 1 && !n.StartedAt.IsZero() {
		d.CreatedAt = n.StartedAt.Time
	}
	if n.Status != "completed" {
		return d, nil
	}
	switch n.Conclusion {
	case "success":
		d.Status, d.FinishedAt = dora.Success, n.UpdatedAt.Time
	case "failure", "timed_out", "startup_failure":
		d.Status, d.FinishedAt = dora.Failure, n.UpdatedAt.Time
	case "action_required": // waits for somebody
	default:
		d.Status = dora.Inactive
	}
	return d, nil
}

// runReader is what reading runs needs besides the state.
type runReader struct {
	*Client
	repo Repository
	want Want
}

func (l runReader) path() string { return "repos/" + l.repo.Name + "/actions/" }

// runs reads a page of the runs of a workflow.
func (c *Client) runs(ctx context.Context, r Repository, w Want, data []byte) (Page, error) {
	l := runReader{c, r, w}
	var s runWalk
	if !recall(data, &s, &s.V) || s.Branch != w.Branch {
		s = runWalk{V: stateVersion, Branch: w.Branch}
	}
	s.begin(w, r, c.meter.now())
	if len(s.Run.Retry) > 0 {
		return s.again(ctx, l)
	}
	return s.window(ctx, l)
}

// begin starts a run, unless one is going on.
func (s *runWalk) begin(w Want, r Repository, now time.Time) {
	if s.Run != nil && (s.Run.Full || !w.Full) {
		return
	}
	full := w.Full || s.Since == 0 || s.Lost
	s.Run = &runRun{Full: full, Low: r.CreatedAt.Unix(), High: now.Unix() + 60}
	if full {
		s.Skipped, s.Lost, s.Capped = nil, false, false
	} else {
		s.Run.Low = min(s.Since, now.Add(-rerunning).Unix()) - int64(overlap/time.Second)
		for _, k := range s.Known {
			if k.Open && k.At < s.Run.Low {
				s.Run.Retry = append(s.Run.Retry, strconv.FormatInt(k.ID, 10))
			}
		}
		s.Run.Retry = append(s.Run.Retry, s.Skipped...)
		s.Skipped = nil
	}
	s.Run.Low = max(s.Run.Low, 0)
	s.Run.Width = max(s.Run.High-s.Run.Low+1, 1)
}

// window reads a page of the window that begins at Low.
func (s *runWalk) window(ctx context.Context, l runReader) (Page, error) {
	run := s.Run
	high := min(run.Low+run.Width-1, run.High)
	var got struct {
		Total *runCount     `json:"total_count"`
		Runs  []workflowRun `json:"workflow_runs"`
	}
	sizes := walk{Size: s.Size, Good: s.Good, Run: &walkRun{At: run.At}}
	offset, _ := strconv.Atoi(run.At)
	var size int
	var a answer
	for {
		size = sizes.sizeOf(issueSizes)
		try := ctx
		if size > 1 {
			try = l.tries(ctx, 2)
		}
		var err error
		a, err = l.get(try, l.list(run.Low, high, size, offset/size+1), &got)
		if err == nil {
			break
		}
		if !divisible(err) {
			return Page{}, err
		}
		if !sizes.shrink(issueSizes) {
			return s.stepOver(ctx, l, high, offset, err)
		}
	}
	sizes.grow(issueSizes)
	s.Size, s.Good = sizes.Size, sizes.Good
	if got.Total == nil {
		return Page{}, l.malformed(l.list(run.Low, high, size, 1), errors.New("it has no total_count"))
	}
	total := int(*got.Total)
	if s.starts(a.Date, total) && total >= maxListed && high > run.Low {
		// Nothing is taken: the page would be read again in a part of the window.
		run.Width = (high - run.Low + 1 + 1) / 2
		return keep(Page{At: a.Date, Pass: s.pass(), Items: run.Items, Total: run.Expected}, s)
	}
	page := Page{At: a.Date, Pass: s.pass()}
	if err := s.take(ctx, l, &page, got.Runs); err != nil {
		return Page{}, err
	}
	more := len(got.Runs) > 0 && (len(got.Runs) >= size || a.Next > offset/size+1) && offset+len(got.Runs) < maxListed
	if more {
		run.At = strconv.Itoa(offset + size)
		return keep(page, s)
	}
	return s.closed(page, l.repo, total, high)
}

func (l runReader) list(low, high int64, size, page int) string {
	created := seconds(low).Format(time.RFC3339) + ".." + seconds(high).Format(time.RFC3339)
	if low == 0 {
		created = "<=" + seconds(high).Format(time.RFC3339)
	}
	branch := ""
	if l.want.Branch != "" {
		branch = "&branch=" + url.QueryEscape(l.want.Branch)
	}
	return fmt.Sprintf("%sworkflows/%s/runs?exclude_pull_requests=true&created=%s%s&per_page=%d&page=%d",
		l.path(), url.PathEscape(l.want.Workflow), url.QueryEscape(created), branch, size, page)
}

// starts notes the first answer of a run and of a window; it reports whether it
// is the latter.
func (s *runWalk) starts(date time.Time, total int) bool {
	run := s.Run
	if run.Start == 0 {
		run.Start, run.Expected = date.Unix(), total
		if run.Full {
			s.Number = max(s.Number+1, run.Start)
		}
	}
	if run.At != "" {
		return false
	}
	run.Total, run.Seen = total, 0
	return true
}

func (s *runWalk) pass() int64 {
	if s.Run.Full {
		return s.Number
	}
	return 0
}

// take puts the runs of a page into it, with their earlier attempts.
func (s *runWalk) take(ctx context.Context, l runReader, page *Page, runs []workflowRun) error {
	for _, n := range runs {
		if err := s.add(ctx, l, page, n); err != nil {
			return err
		}
	}
	s.Run.Seen += len(runs)
	s.Run.Items += len(runs)
	page.Items, page.Total = s.Run.Items, s.Run.Expected
	return nil
}

// add adds a run with its earlier attempts, each a deployment of its own
// (metrics/D3).
func (s *runWalk) add(ctx context.Context, l runReader, page *Page, n workflowRun) error {
	d, err := n.record(l.repo.Name, l.want.Workflow, page.At)
	if err != nil {
		s.skip(n.ID)
		return nil
	}
	known := 1
	if i := slices.IndexFunc(s.Known, func(k knownRun) bool { return k.ID == n.ID }); i >= 0 {
		known = max(s.Known[i].Attempts, 1)
	}
	if s.Run.Full {
		known = 1 // the pass has to see all of them
	}
	for attempt := known; attempt < d.Attempt; attempt++ {
		var earlier workflowRun
		_, err := l.get(ctx, fmt.Sprintf("%sruns/%d/attempts/%d?exclude_pull_requests=true", l.path(), n.ID, attempt), &earlier)
		if missing(err) {
			continue // attempts are deleted with their logs
		}
		if err != nil && divisible(err) {
			s.skip(n.ID)
			return nil
		}
		if err != nil {
			return fmt.Errorf("attempt %d of run %d: %w", attempt, n.ID, err)
		}
		earlier.Attempt = attempt
		e, err := earlier.record(l.repo.Name, l.want.Workflow, page.At)
		if err != nil || earlier.ID != n.ID {
			s.skip(n.ID)
			return nil
		}
		page.Events.Deployments = append(page.Events.Deployments, e)
	}
	page.Events.Deployments = append(page.Events.Deployments, d)
	s.know(n, d, page.At)
	return nil
}

func (s *runWalk) skip(id int64) {
	w := walk{Skipped: s.Skipped, Lost: s.Lost}
	if id > 0 {
		w.skip(strconv.FormatInt(id, 10))
	} else {
		w.skip("")
	}
	s.Skipped, s.Lost = w.Skipped, w.Lost
}

// know remembers a run as long as it may change.
func (s *runWalk) know(n workflowRun, d dora.Deployment, now time.Time) {
	created := n.CreatedAt.Unix()
	if s.Oldest == 0 || created < s.Oldest {
		s.Oldest = created
	}
	id := strconv.FormatInt(n.ID, 10)
	s.Skipped = slices.DeleteFunc(s.Skipped, func(skipped string) bool { return skipped == id })
	s.Known = slices.DeleteFunc(s.Known, func(k knownRun) bool {
		return k.ID == n.ID || k.At < now.Add(-pending).Unix() || !k.Open && k.At < now.Add(-rerunning-overlap).Unix()
	})
	open := d.Status == dora.Pending
	if !open && d.Attempt < 2 || created < now.Add(-pending).Unix() {
		return
	}
	s.Known = append(s.Known, knownRun{ID: n.ID, At: created, Attempts: d.Attempt, Open: open})
	if len(s.Known) <= maxKnown {
		return
	}
	// The oldest goes. If it is closed, that costs a request; if not, it is one
	// to try again.
	slices.SortFunc(s.Known, func(a, b knownRun) int { return int(min(max(a.At-b.At, -1), 1)) })
	if s.Known[0].Open {
		s.skip(s.Known[0].ID)
	}
	s.Known = s.Known[1:]
}

// stepOver goes on behind a run that the list cannot show.
func (s *runWalk) stepOver(ctx context.Context, l runReader, high int64, offset int, cause error) (Page, error) {
	var got struct {
		Total *runCount `json:"total_count"`
	}
	a, err := l.get(ctx, l.list(s.Run.Low, high, 1, offset+2), &got)
	if err != nil || got.Total == nil {
		return Page{}, cause
	}
	s.starts(a.Date, int(*got.Total))
	s.skip(0)
	s.Size, s.Good = 1, 0
	s.Run.At = strconv.Itoa(offset + 1)
	return keep(Page{At: a.Date, Pass: s.pass(), Items: s.Run.Items, Total: s.Run.Expected}, s)
}

// closed follows the last page of a window: it must have named as many runs as
// the source counts, before and after.
func (s *runWalk) closed(page Page, r Repository, total int, high int64) (Page, error) {
	run := s.Run
	seen := run.Seen
	switch run.Trial++; {
	case total >= maxListed && total > seen:
		s.Capped = true // a window of one second
	case (seen != total || total != run.Total) && !s.Lost && run.Trial < trials:
		run.At = ""
		return keep(page, s)
	case (seen != total || total != run.Total) && !s.Lost:
		run.Unproven = true
	}
	run.At, run.Trial = "", 0
	run.Low = high + 1
	if run.Low <= run.High {
		if total < maxListed/4 {
			run.Width *= 2
		}
		return keep(page, s)
	}
	return s.done(page, r)
}

// again looks at a run that had not ended, or could not be read.
func (s *runWalk) again(ctx context.Context, l runReader) (Page, error) {
	id := s.Run.Retry[0]
	var n workflowRun
	a, err := l.get(ctx, l.path()+"runs/"+id+"?exclude_pull_requests=true", &n)
	gone := missing(err)
	if err != nil && !gone && !divisible(err) {
		return Page{}, err
	}
	s.Run.Retry = s.Run.Retry[1:]
	page := Page{At: a.Date}
	number, _ := strconv.ParseInt(id, 10, 64)
	switch {
	case gone:
		s.Known = slices.DeleteFunc(s.Known, func(k knownRun) bool { return k.ID == number })
	case err != nil || n.ID != number:
		s.skip(number)
	default:
		if err := s.add(ctx, l, &page, n); err != nil {
			return Page{}, err
		}
	}
	return keep(page, s)
}

// done ends the run with what it proved. Runs are deleted with time, so before
// the oldest that is listed nothing is known.
func (s *runWalk) done(page Page, r Repository) (Page, error) {
	run := s.Run
	from := run.Start - int64(retention/time.Second)
	if s.Oldest != 0 {
		from = min(from, s.Oldest)
	}
	from = max(from, r.CreatedAt.Unix())
	page.Done, page.Items, page.Total = true, run.Items, run.Expected
	page.From, page.To = span(seconds(from), seconds(run.Start))
	broken := len(s.Skipped) > 0 || s.Lost
	page.Status, page.Reasons = worth(run.Unproven, broken)
	if s.Capped {
		page.Status, page.Reasons = dora.Partial, append([]string{dora.APICap}, page.Reasons...)
	}
	page.EndsPass = run.Full && page.Status == dora.Complete
	s.Lost = s.Lost || run.Unproven
	s.Since, s.Run = run.Start, nil
	return keep(page, s)
}
