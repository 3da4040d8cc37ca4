package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"
)

// engine is all in which SQLite and PostgreSQL differ for the rest of the
// package. Statements are written for SQLite, with ? for arguments.
type engine struct {
	types  *strings.Replacer // {text} and the like in migrations
	dollar bool              // arguments are $1, $2 …

	// Clauses that lock the rows of a SELECT. SQLite has one writer at a time,
	// and needs none.
	forUpdate, forShare, skipLocked string

	snapshot sql.IsolationLevel                                         // of a view
	session  string                                                     // sets a transaction up; "": nothing to do
	clock    string                                                     // selects the time in µs; "": that of this machine
	explain  func(place string, err error) error                        // in words; nil: nothing known about it
	retry    func(err error) bool                                       // the same transaction may succeed
	prepare  func(ctx context.Context, s *Store) error                  // before migrations are looked at
	lock     func(ctx context.Context, t *tx, version int) (int, error) // keeps others from migrating; the version that there is by then
	version  func(ctx context.Context, s *Store) (int, error)           // of the tables; 0: there are none
	check    func(ctx context.Context, s *Store) ([]string, error)      // damage that the engine itself knows of
}

// args writes the arguments of a statement as the engine wants them. No text
// in our statements holds a question mark.
func (e *engine) args(query string) string {
	if !e.dollar {
		return query
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitAfterSeq(query, "?") {
		text, mark := strings.CutSuffix(part, "?")
		b.WriteString(text)
		if mark {
			n++
			b.WriteString("$" + strconv.Itoa(n))
		}
	}
	return b.String()
}

// marks is "(?, ?), (?, ?)" for two rows of two.
func marks(rows, columns int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", columns), ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(row+", ", rows), ", ")
}

// tx is one transaction.
type tx struct {
	*sql.Tx
	store *Store
}

// exec runs a statement and returns the number of rows that it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := t.ExecContext(ctx, t.store.engine.args(query), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	return t.QueryRowContext(ctx, t.store.engine.args(query), args...)
}

// rows visits the rows of a SELECT.
func (t *tx) rows(ctx context.Context, visit func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.QueryContext(ctx, t.store.engine.args(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// now is the time by the clock that all who share the store look at.
func (t *tx) now(ctx context.Context) (time.Time, error) {
	if t.store.engine.clock == "" {
		return t.store.setup.now().UTC().Truncate(time.Microsecond), nil
	}
	var micros int64
	err := t.row(ctx, t.store.engine.clock).Scan(&micros)
	return time.UnixMicro(micros).UTC(), err
}
