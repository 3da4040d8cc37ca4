package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
)

// Page is what one step of collecting brings.
type Page struct {
	Repository int64
	Resource   string
	Events     dora.Events     // the repositories that they name, and their Collected, are ignored
	Cursor     []byte          // where to go on after this page; nil: as it was
	After      int64           // the version of the cursor that this page goes on from; looked at where Cursor is not nil
	Collected  *dora.Collected // what the list covers after this page, in place of what its source said before; nil: as it was
	Pass       int64           // not 0: the page is part of the full listing of that number
	EndsPass   bool            // with this page the listing is whole
	At         time.Time       // by the clock of the source; needed to end a pass
	Claim      Claim           // must still be held; zero: none needed
}

// Written is what a page came to.
type Written struct {
	Version              int64 // of the cursor, after the page
	Added, Changed, Same int   // records of the page; Same are also those that the store has newer
	Missing, Count       int   // records of the list that are missing, and those that are not, after the page
}

// goneAfter is how long a record must be missing, by two listings, to be gone
// (rel/A7).
const goneAfter = 24 * time.Hour

// Put keeps a page and the cursor behind it, both or none of them. It is an
// ErrConflict where the cursor is not the one that the page goes on from, unless
// it is already that of this very page: then the page was put before, and the
// answer was lost (rel/S10).
func (s *Store) Put(ctx context.Context, p Page) (Written, error) {
	resource := key(cleanText(p.Resource))
	list, err := records(p.Repository, resource, p.Events)
	if err != nil {
		return Written{}, fmt.Errorf("put a page of %s: %w", p.Resource, err)
	}
	if p.EndsPass && (p.Pass == 0 || p.At.IsZero()) {
		return Written{}, fmt.Errorf("put a page of %s: a listing ends without its number or its time", p.Resource)
	}
	var w, first Written
	err = s.update(ctx, "put a page of "+p.Resource, func(t *tx) error {
		if err := t.holds(ctx, p.Claim, p.Repository); err != nil {
			return err
		}
		l, err := t.list(ctx, nil, p.Repository, resource)
		if err != nil {
			return err
		}
		again, err := l.advance(p)
		if err != nil {
			return err
		}
		if w, err = t.page(ctx, l, list, p); err != nil {
			return err
		}
		w.Version = l.version
		if !again {
			first = w
		} else if first.Version == w.Version { // the counts are those of the try that was not answered
			w = first
		}
		return nil
	})
	return w, err
}

// list is a row of lists.
type list struct {
	id         int64
	repository int64
	resource   string
	state      []byte
	version    int64
	present    int64  // records that are not missing
	records    int64  // of digest.rows; the rest are spans
	digest     digest // of records and spans
}

const listColumns = "id, repository, resource, state, version, records, present, spans, digest, hash"

// scanList reads a row and checks it.
func scanList(rows interface{ Scan(...any) error }) (*list, error) {
	var l list
	var spans int64
	var digest, hash []byte
	if err := rows.Scan(&l.id, &l.repository, &l.resource, &l.state, &l.version, &l.records, &l.present, &spans, &digest, &hash); err != nil {
		return nil, err
	}
	l.digest.rows = l.records + spans
	copy(l.digest.sum[:], digest)
	if want := l.sum(); !bytes.Equal(hash, want[:]) {
		return nil, damaged("the list of %s of repository %d is damaged", l.resource, l.repository)
	}
	return &l, nil
}

// sum is the sum of the row.
func (l *list) sum() sum {
	h := newHasher("list")
	h.number(l.id)
	h.number(l.repository)
	h.text(l.resource)
	if l.state != nil {
		h.text(string(l.state))
	}
	h.number(l.version)
	h.number(l.records)
	h.number(l.present)
	h.text(l.digest.String())
	return h.sum()
}

// list reads the row of a list to change it, and makes one where there is none.
// The digest is that of the catalogue, which knows all lists; nil: the caller
// does not hold it.
func (t *tx) list(ctx context.Context, d *digest, repository int64, resource string) (*list, error) {
	read := func() (*list, error) {
		return scanList(t.row(ctx, "SELECT "+listColumns+" FROM lists WHERE repository = ? AND resource = ?"+t.store.engine.forUpdate, repository, resource))
	}
	l, err := read()
	if !errors.Is(err, sql.ErrNoRows) {
		return l, err
	}
	if known, err := t.repository(ctx, repository); err != nil {
		return nil, err
	} else if known == nil {
		return nil, refused("the store %s knows no repository %d", t.store.place, repository)
	}
	own := d == nil
	if own {
		if d, err = t.catalogue(ctx); err != nil {
			return nil, err
		}
	}
	d.add(listSum(repository, resource))
	if own {
		if err := t.setMeta(ctx, "catalogue", d.String()); err != nil {
			return nil, err
		}
	}
	l = &list{repository: repository, resource: resource}
	err = t.row(ctx, `INSERT INTO lists (repository, resource, state, version, records, present, spans, digest, hash)
		VALUES (?, ?, ?, 0, 0, 0, 0, ?, ?) RETURNING id`, repository, resource, nil, l.digest.sum[:], l.digest.sum[:]).Scan(&l.id)
	return l, err
}

// save writes the row of a list.
func (t *tx) save(ctx context.Context, l *list) error {
	hash := l.sum()
	var state any
	if l.state != nil {
		state = l.state
	}
	_, err := t.exec(ctx, "UPDATE lists SET state = ?, version = ?, records = ?, present = ?, spans = ?, digest = ?, hash = ? WHERE id = ?",
		state, l.version, l.records, l.present, l.digest.rows-l.records, l.digest.sum[:], hash[:], l.id)
	return err
}

// advance moves the cursor. Again says that the cursor is there already.
func (l *list) advance(p Page) (again bool, err error) {
	switch {
	case p.Cursor == nil:
		return false, nil
	case l.version == p.After:
		l.version, l.state = p.After+1, p.Cursor
		return false, nil
	case l.version == p.After+1 && bytes.Equal(l.state, p.Cursor):
		return true, nil
	}
	return false, &failure{kind: ErrConflict, text: ErrConflict.Error()}
}

// page writes the rows of a page.
func (t *tx) page(ctx context.Context, l *list, records []record, p Page) (Written, error) {
	w, err := t.upsert(ctx, l, records, p.Pass)
	if err != nil {
		return w, err
	}
	if p.Collected != nil {
		c := *p.Collected
		c.Resource = p.Resource
		if err := t.cover(ctx, l, []dora.Collected{c}, true); err != nil {
			return w, err
		}
	}
	if p.EndsPass {
		if err := t.endPass(ctx, l, p.Pass, p.At.Unix()); err != nil {
			return w, err
		}
	}
	w.Count, w.Missing = int(l.present), int(l.records-l.present)
	return w, t.save(ctx, l)
}

// stored is what is known of a row before it is replaced.
type stored struct {
	version, pass, missing int64
	hash                   sum
}

// perStatement is how many rows one statement takes. Both engines take 32,766
// arguments.
const perStatement = 500

// upsert writes records. One that is older than what is there is only noted as
// seen (rel/S12).
func (t *tx) upsert(ctx context.Context, l *list, records []record, pass int64) (w Written, err error) {
	for part := range slices.Chunk(records, perStatement) {
		old, err := t.stored(ctx, l, part)
		if err != nil {
			return w, err
		}
		var write, seen []any
		for _, r := range part {
			was, there := old[r.id]
			keep := pass
			if pass == 0 {
				keep = was.pass
			}
			if !there || was.missing != 0 {
				l.present++
			}
			switch {
			case !there:
				w.Added++
				l.records++
				l.digest.add(r.hash)
			case r.version < was.version || r.hash == was.hash:
				w.Same++
				if was.missing != 0 || keep != was.pass {
					seen = append(seen, r.id)
				}
				continue
			default:
				w.Changed++
				l.digest.toggle(was.hash)
				l.digest.toggle(r.hash)
			}
			write = append(write, l.id, r.id, r.version, string(r.line), r.hash[:], keep, int64(0), int64(0))
		}
		if err := t.write(ctx, l, write, seen, pass); err != nil {
			return w, err
		}
	}
	return w, nil
}

// stored reads what there is of some records.
func (t *tx) stored(ctx context.Context, l *list, part []record) (map[string]stored, error) {
	args := []any{l.id}
	for _, r := range part {
		args = append(args, r.id)
	}
	old := make(map[string]stored, len(part))
	err := t.rows(ctx, func(rows *sql.Rows) error {
		var id string
		var was stored
		var hash []byte
		if err := rows.Scan(&id, &was.version, &hash, &was.pass, &was.missing); err != nil {
			return err
		}
		copy(was.hash[:], hash)
		old[id] = was
		return nil
	}, "SELECT id, version, hash, pass, missing FROM records WHERE list = ? AND id IN "+marks(1, len(part)), args...)
	return old, err
}

// write writes the rows of new and changed records, and marks others as seen.
func (t *tx) write(ctx context.Context, l *list, rows, seen []any, pass int64) error {
	const columns = 8
	if len(rows) > 0 {
		_, err := t.exec(ctx, `INSERT INTO records (list, id, version, line, hash, pass, missing, gone) VALUES `+marks(len(rows)/columns, columns)+`
			ON CONFLICT (list, id) DO UPDATE SET version = excluded.version, line = excluded.line, hash = excluded.hash,
			pass = excluded.pass, missing = 0, gone = 0`, rows...)
		if err != nil {
			return err
		}
	}
	if len(seen) == 0 {
		return nil
	}
	passed, args := "", []any{}
	if pass != 0 {
		passed, args = "pass = ?, ", []any{pass}
	}
	_, err := t.exec(ctx, "UPDATE records SET "+passed+"missing = 0, gone = 0 WHERE list = ? AND id IN "+marks(1, len(seen)),
		append(append(args, l.id), seen...)...)
	return err
}

// endPass marks what a full listing did not name: missing at first sight, gone
// when another one does not name it a day later. Neither is deleted.
func (t *tx) endPass(ctx context.Context, l *list, pass, at int64) error {
	_, err := t.exec(ctx, "UPDATE records SET gone = ? WHERE list = ? AND pass <> ? AND missing <> 0 AND missing <= ? AND gone = 0",
		at, l.id, pass, at-int64(goneAfter/time.Second))
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, "UPDATE records SET missing = ? WHERE list = ? AND pass <> ? AND missing = 0", at, l.id, pass)
	l.present -= n
	return err
}

// cover writes coverage records. Replace takes away all others of their source.
func (t *tx) cover(ctx context.Context, l *list, spans []dora.Collected, replace bool) error {
	for _, c := range spans {
		c = clean(c)
		c.Repo, c.Private = nobody, false // both are the repository's
		r := record{id: key(fmt.Sprintf("%q %d %d", c.Source, c.From.Unix(), c.To.Unix())), line: events.Line(c)}
		r.hash = rowSum("spans of "+c.Source, l.repository, l.resource, r)
		if err := readable([]record{r}); err != nil {
			return err
		}
		source := key(c.Source)
		where, args := "id = ?", []any{l.id, r.id}
		if replace {
			where, args = "source = ?", []any{l.id, source}
		}
		err := t.rows(ctx, func(rows *sql.Rows) error {
			var hash []byte
			var was sum
			err := rows.Scan(&hash)
			copy(was[:], hash)
			l.digest.remove(was)
			return err
		}, "SELECT hash FROM spans WHERE list = ? AND "+where, args...)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM spans WHERE list = ? AND "+where, args...); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "INSERT INTO spans (list, id, source, line, hash) VALUES (?, ?, ?, ?, ?)", l.id, r.id, source, string(r.line), r.hash[:]); err != nil {
			return err
		}
		l.digest.add(r.hash)
	}
	return nil
}

// Cursor is where the last page of a list ended, and its version: nil and 0
// before the first.
func (s *Store) Cursor(ctx context.Context, repository int64, resource string) (state []byte, version int64, err error) {
	err = s.ask(ctx, "read the cursor of "+resource, func(t *tx) error {
		l, err := t.lookup(ctx, repository, resource)
		if l != nil {
			state, version = l.state, l.version
		}
		return err
	})
	return state, version, err
}

// Count is the number of records of a list that are not missing.
func (s *Store) Count(ctx context.Context, repository int64, resource string) (n int, err error) {
	err = s.ask(ctx, "count "+resource, func(t *tx) error {
		l, err := t.lookup(ctx, repository, resource)
		if l != nil {
			n = int(l.present)
		}
		return err
	})
	return n, err
}

// lookup reads the row of a list; nil where there is none.
func (t *tx) lookup(ctx context.Context, repository int64, resource string) (*list, error) {
	l, err := scanList(t.row(ctx, "SELECT "+listColumns+" FROM lists WHERE repository = ? AND resource = ?", repository, key(cleanText(resource))))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return l, err
}

// Import keeps the events of files. Their repositories are registered by name;
// events that name none are kept under the name "". Each list is one
// transaction, and the same events may be imported any number of times.
func (s *Store) Import(ctx context.Context, e dora.Events) (Written, error) {
	var total Written
	for _, g := range groups(e) {
		repo, err := s.Register(ctx, Repository{Name: g.repo, Private: g.private})
		if err != nil {
			return total, err
		}
		resource := key(cleanText(g.resource))
		rows, err := records(repo.ID, resource, g.events)
		if err != nil {
			return total, fmt.Errorf("import events of %s: %w", g.repo, err)
		}
		var w Written
		err = s.update(ctx, "import events of "+g.repo, func(t *tx) error {
			l, err := t.list(ctx, nil, repo.ID, resource)
			if err != nil {
				return err
			}
			if w, err = t.upsert(ctx, l, rows, 0); err != nil {
				return err
			}
			if err := t.cover(ctx, l, g.events.Collected, false); err != nil {
				return err
			}
			return t.save(ctx, l)
		})
		if err != nil {
			return total, err
		}
		total.Added += w.Added
		total.Changed += w.Changed
		total.Same += w.Same
	}
	return total, nil
}

// group is what one list gets of an import.
type group struct {
	repo, resource string
	private        bool
	events         dora.Events
}

// groups sorts events into lists.
func groups(e dora.Events) []*group {
	type place struct{ repo, resource string }
	byPlace := map[place]*group{}
	var all []*group
	of := func(repo, resource string) *group {
		g := byPlace[place{repo, resource}]
		if g == nil {
			g = &group{repo: repo, resource: resource}
			byPlace[place{repo, resource}] = g
			all = append(all, g)
		}
		return g
	}
	for _, c := range e.Commits {
		g := of(c.Repo, dora.ResourceCommits)
		g.events.Commits = append(g.events.Commits, c)
	}
	for _, d := range e.Deployments {
		g := of(d.Repo, resourceOf(d))
		g.events.Deployments = append(g.events.Deployments, d)
	}
	for _, c := range e.Changes {
		g := of(c.Repo, dora.ResourceChanges)
		g.events.Changes = append(g.events.Changes, c)
	}
	for _, i := range e.Incidents {
		g := of(i.Repo, dora.ResourceIncidents)
		g.events.Incidents = append(g.events.Incidents, i)
	}
	for _, c := range e.Collected {
		g := of(c.Repo, c.Resource)
		g.events.Collected = append(g.events.Collected, c)
		g.private = g.private || c.Private
	}
	slices.SortFunc(all, func(a, b *group) int {
		return strings.Compare(a.repo+"\x00"+a.resource, b.repo+"\x00"+b.resource)
	})
	return all
}

// resourceOf is the list that a deployment of a file belongs to: the one that a
// collector would put it into.
func resourceOf(d dora.Deployment) string {
	switch d.Source {
	case dora.GitHubDeployments:
		return dora.ResourceDeployments
	case dora.Releases:
		return dora.ResourceReleases
	case dora.Tags:
		return dora.ResourceTags
	case dora.Merge:
		return dora.ResourceMerges
	case dora.Workflow:
		if d.Workflow != "" {
			return dora.RunsOf(d.Workflow)
		}
		return dora.ResourceWorkflowRuns
	}
	return string(dora.File)
}
