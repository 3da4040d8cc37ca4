package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Verify reads the whole store and returns a sentence for every damage. The
// error is for a store that cannot be read at all.
func (s *Store) Verify(ctx context.Context) ([]string, error) {
	found, err := s.engine.check(ctx, s)
	if errors.Is(s.failed(ctx, "verify", err), ErrDamaged) {
		return []string{err.Error()}, nil
	}
	if err != nil {
		return nil, s.failed(ctx, "verify the store", err)
	}
	err = s.ask(ctx, "verify the store", func(t *tx) error {
		more, err := t.verify(ctx)
		found = append(found, more...)
		return err
	})
	return found, err
}

// verify checks everything that has a sum, and what leads from one table to
// another.
func (t *tx) verify(ctx context.Context) (found []string, err error) {
	note := func(err error) error {
		if said := t.store.failed(ctx, "verify", err); errors.Is(said, ErrDamaged) {
			found = append(found, err.Error())
			return nil
		}
		return err
	}
	if _, err := t.readCatalogue(ctx); note(err) != nil {
		return found, err
	}
	var ids []int64
	err = t.rows(ctx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, "SELECT id FROM lists ORDER BY id")
	if note(err) != nil {
		return found, err
	}
	for _, id := range ids {
		l, err := scanList(t.row(ctx, "SELECT "+listColumns+" FROM lists WHERE id = ?", id))
		if err == nil {
			_, err = t.events(ctx, l)
		}
		if note(err) != nil {
			return found, err
		}
	}
	for _, q := range []struct{ what, query string }{
		{"records belong to no list", "SELECT count(*) FROM records WHERE list NOT IN (SELECT id FROM lists)"},
		{"coverage records belong to no list", "SELECT count(*) FROM spans WHERE list NOT IN (SELECT id FROM lists)"},
		{"lists belong to no repository", "SELECT count(*) FROM lists WHERE repository NOT IN (SELECT id FROM repositories)"},
	} {
		var n int
		err := t.row(ctx, q.query).Scan(&n)
		if note(err) != nil {
			return found, err
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, q.what))
		}
	}
	return found, nil
}
