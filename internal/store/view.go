package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"

	"golang.org/x/sync/errgroup"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
)

// View is the store as it was at one instant, whatever is written meanwhile
// (rel/S11). It may be used by one goroutine at a time. An open View keeps a
// SQLite file from giving back the room of its log, so it is not kept for long.
type View struct {
	tx        *tx
	catalogue *catalogue
}

// View takes a snapshot, for as long as ctx lasts. The caller closes it.
func (s *Store) View(ctx context.Context) (*View, error) {
	var v *View
	err := s.again(ctx, "read the store", func() error {
		t, err := s.begin(ctx, s.read, s.reading())
		if err != nil {
			return err
		}
		c, err := t.readCatalogue(ctx) // the first statement fixes the instant
		if err != nil {
			_ = t.Rollback()
			return err
		}
		v = &View{t, c}
		return nil
	})
	return v, err
}

// Close ends the snapshot.
func (v *View) Close() {
	_ = v.tx.Rollback() // nothing was written
}

// Find finds a repository by its name or a former one, in any case.
func (v *View) Find(_ context.Context, name string) (Repository, bool, error) {
	id, named := v.catalogue.names[fold(cleanText(name))]
	r, ok := v.catalogue.repositories[id]
	if named && !ok {
		return r, false, damaged("the name %q in the store %s leads to no repository", name, v.tx.store.place)
	}
	return r, ok, nil
}

// Repositories lists all repositories by name.
func (v *View) Repositories(context.Context) ([]Repository, error) { return v.catalogue.sorted(), nil }

// Choice is the source that was chosen for a stream; "": none.
func (v *View) Choice(_ context.Context, service, environment string) (dora.Source, error) {
	return dora.Source(v.catalogue.choices[streamKey(service, environment)]), nil
}

// State is a text that is another one whenever Events would return something
// else.
func (v *View) State(ctx context.Context, r Repository) (string, error) {
	lists, err := v.lists(ctx, r)
	if err != nil {
		return "", v.tx.store.failed(ctx, "read "+r.Name, err)
	}
	h := newHasher("state")
	h.number(r.ID)
	h.text(r.Name)
	h.number(flag(r.Private))
	for _, l := range lists {
		if l.digest.rows > 0 {
			h.text(l.resource)
			h.text(l.digest.String())
		}
	}
	sum := h.sum()
	return hex.EncodeToString(sum[:]), nil
}

// Events returns all events of a repository, under its current name, with what
// they cover. The error wraps ErrDamaged where they are not what was written.
func (v *View) Events(ctx context.Context, r Repository) (dora.Events, error) {
	var all dora.Events
	lists, err := v.lists(ctx, r)
	for _, l := range lists {
		var e dora.Events
		if e, err = v.tx.events(ctx, l); err != nil {
			break
		}
		all.Add(e)
	}
	if err != nil {
		return dora.Events{}, v.tx.store.failed(ctx, "read "+r.Name, err)
	}
	rename(&all, r)
	return all, nil
}

// lists reads the lists of a repository, and knows how many there are.
func (v *View) lists(ctx context.Context, r Repository) ([]*list, error) {
	lists, err := v.tx.lists(ctx, r.ID)
	if want := v.catalogue.lists[r.ID]; err == nil && len(lists) != want {
		err = damaged("%s in the store %s has lost %d of its %d lists", r.Name, v.tx.store.place, want-len(lists), want)
	}
	return lists, err
}

// Everything returns the events of all repositories, as of one instant.
func (s *Store) Everything(ctx context.Context) (dora.Events, error) {
	v, err := s.View(ctx)
	if err != nil {
		return dora.Events{}, err
	}
	defer v.Close()
	var all dora.Events
	for _, r := range v.catalogue.sorted() {
		e, err := v.Events(ctx, r)
		if err != nil {
			return dora.Events{}, err
		}
		all.Add(e)
	}
	return all, nil
}

// rename gives events the name of their repository.
func rename(e *dora.Events, r Repository) {
	for i := range e.Commits {
		e.Commits[i].Repo = r.Name
	}
	for i := range e.Deployments {
		e.Deployments[i].Repo = r.Name
	}
	for i := range e.Changes {
		e.Changes[i].Repo = r.Name
	}
	for i := range e.Incidents {
		e.Incidents[i].Repo = r.Name
	}
	for i := range e.Collected {
		e.Collected[i].Repo, e.Collected[i].Private = r.Name, r.Private
	}
}

// lists reads the lists of a repository, checked, by resource.
func (t *tx) lists(ctx context.Context, repository int64) (lists []*list, err error) {
	err = t.rows(ctx, func(rows *sql.Rows) error {
		l, err := scanList(rows)
		lists = append(lists, l)
		return err
	}, "SELECT "+listColumns+" FROM lists WHERE repository = ? ORDER BY resource", repository)
	if err != nil {
		return nil, err
	}
	return lists, nil
}

// perParse is how many bytes of lines are parsed at once.
const perParse = 1 << 20

// events reads the events of a list, checked. Lines are parsed beside the
// reading of the next ones.
func (t *tx) events(ctx context.Context, l *list) (dora.Events, error) {
	var parts []*dora.Events
	var text bytes.Buffer
	g := new(errgroup.Group)
	g.SetLimit(4)
	parse := func() {
		lines, e := bytes.Clone(text.Bytes()), new(dora.Events)
		text.Reset()
		parts = append(parts, e)
		g.Go(func() (err error) {
			*e, err = t.parse(l, lines)
			return err
		})
	}
	err := t.visit(ctx, l, func(line []byte) {
		text.Write(line)
		text.WriteByte('\n')
		if text.Len() >= perParse {
			parse()
		}
	})
	parse()
	if failed := g.Wait(); err == nil {
		err = failed
	}
	var all dora.Events
	for _, e := range parts {
		all.Add(*e)
	}
	return all, err
}

func (t *tx) parse(l *list, lines []byte) (dora.Events, error) {
	var found diag.List
	e, err := events.Parse(bytes.NewReader(lines), "", &found)
	if err == nil && found.HasErrors() {
		err = damaged("%s of the store %s cannot be read: %s", l.resource, t.store.place, found.All()[0].Message)
	}
	return e, err
}

// visit visits the lines of a list and checks each, and that all are there.
func (t *tx) visit(ctx context.Context, l *list, do func(line []byte)) error {
	var have digest
	check := func(table string, r record, hash []byte) error {
		r.hash = rowSum(table, l.repository, l.resource, r)
		have.add(r.hash)
		if !bytes.Equal(r.hash[:], hash) {
			return damaged("record %q of %s in the store %s is damaged", r.id, l.resource, t.store.place)
		}
		do(r.line)
		return nil
	}
	err := t.rows(ctx, func(rows *sql.Rows) error {
		var r record
		var hash []byte
		if err := rows.Scan(&r.id, &r.version, &r.line, &hash); err != nil {
			return err
		}
		return check("records", r, hash)
	}, "SELECT id, version, line, hash FROM records WHERE list = ? ORDER BY id", l.id)
	if err != nil {
		return err
	}
	records := have.rows
	err = t.rows(ctx, func(rows *sql.Rows) error {
		var r record
		var source string
		var hash []byte
		if err := rows.Scan(&r.id, &source, &r.line, &hash); err != nil {
			return err
		}
		return check("spans of "+source, r, hash)
	}, "SELECT id, source, line, hash FROM spans WHERE list = ? ORDER BY id", l.id)
	if err != nil {
		return err
	}
	if have != l.digest || records != l.records {
		return damaged("%s in the store %s: %d records are there, and what was written were %d, or others", l.resource, t.store.place, have.rows, l.digest.rows)
	}
	return nil
}
