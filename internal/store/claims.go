package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/rutter-dev/rutter/internal/lock"
)

// Claim is the right to collect a repository, for as long as its lease.
type Claim struct {
	Repository int64
	Token      string // of this one claim
}

// NextState says what Next has found.
type NextState int

// What Next finds.
const (
	Claimed  NextState = iota // a repository to collect
	Wait                      // others are collecting what is left
	Finished                  // nothing is left
)

// holder is the note in the lock of a SQLite store.
type holder struct {
	Since time.Time `json:"since"`
	Who   string    `json:"who"`
}

// Hold keeps other syncs off a SQLite store until release is called, or the
// process ends in any way (rel/A21). The error is a *BusyError that names the
// other one. On PostgreSQL syncs share the work, and nothing is held.
func (s *Store) Hold(_ context.Context, who string) (release func(), err error) {
	if s.path == "" {
		return func() {}, nil
	}
	name := s.path + ".lock"
	l, err := lock.Try(name)
	switch {
	case err != nil:
		return nil, &failure{text: "lock the store " + s.place, cause: err}
	case l == nil:
		busy := &BusyError{Place: s.place}
		var h holder
		if json.Unmarshal([]byte(lock.Note(name)), &h) == nil { // else it is just being written
			busy.Who, busy.Since = h.Who, h.Since
		}
		return nil, busy
	}
	note, err := json.Marshal(holder{s.setup.now().UTC().Truncate(time.Second), who})
	if err == nil {
		err = l.SetNote(string(note))
	}
	if err != nil {
		l.Release()
		return nil, &failure{text: "lock the store " + s.place, cause: err}
	}
	return l.Release, nil
}

// Now is the time by the clock of the database, so that collectors on several
// machines agree; of a file, by that of this machine.
func (s *Store) Now(ctx context.Context) (now time.Time, err error) {
	err = s.ask(ctx, "ask the store for the time", func(t *tx) error {
		now, err = t.now(ctx)
		return err
	})
	return now, err
}

// Next claims one of the repositories that nobody has finished since then, for
// the time of the lease. A claim whose lease has run out is taken over. Those
// that were finished longest ago come first.
func (s *Store) Next(ctx context.Context, among []int64, since time.Time, owner string, lease time.Duration) (c Claim, state NextState, err error) {
	token := rand.Text() // the same each time it is tried: a lost answer costs no claim
	owner = key(cleanText(owner))
	err = s.update(ctx, "claim a repository", func(t *tx) error {
		c, state, err = t.next(ctx, among, since.UnixMicro(), token, owner, lease)
		return err
	})
	return c, state, err
}

func (t *tx) next(ctx context.Context, among []int64, since int64, token, owner string, lease time.Duration) (Claim, NextState, error) {
	now, err := t.now(ctx)
	if err != nil || len(among) == 0 {
		return Claim{}, Finished, err
	}
	args := []any{since}
	for _, id := range among {
		args = append(args, id)
	}
	open := " FROM claims WHERE finished < ? AND repository IN " + marks(1, len(among))
	var id int64
	err = t.row(ctx, "SELECT repository"+open+" AND (expires <= ? OR token = ?) ORDER BY finished, repository LIMIT 1"+
		t.store.engine.forUpdate+t.store.engine.skipLocked, append(args, now.UnixMicro(), token)...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		var left int
		if err := t.row(ctx, "SELECT count(*)"+open, args...).Scan(&left); err != nil {
			return Claim{}, Finished, err
		}
		if left > 0 {
			return Claim{}, Wait, nil
		}
		return Claim{}, Finished, nil
	}
	if err != nil {
		return Claim{}, Finished, err
	}
	_, err = t.exec(ctx, "UPDATE claims SET token = ?, owner = ?, expires = ? WHERE repository = ?", token, owner, now.Add(lease).UnixMicro(), id)
	return Claim{id, token}, Claimed, err
}

// Renew lets the lease begin anew. It is ErrClaimLost where somebody else has
// taken the repository over.
func (s *Store) Renew(ctx context.Context, c Claim, lease time.Duration) error {
	return s.update(ctx, "renew a claim", func(t *tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		return found(t.exec(ctx, "UPDATE claims SET expires = ? WHERE repository = ? AND token = ? AND expires <> 0", now.Add(lease).UnixMicro(), c.Repository, c.Token))
	})
}

// Finish gives a claim back. Done says that the repository was collected.
func (s *Store) Finish(ctx context.Context, c Claim, done bool) error {
	return s.update(ctx, "give a claim back", func(t *tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		// The token stays, so that a second try finds its work done.
		if !done {
			return found(t.exec(ctx, "UPDATE claims SET expires = 0 WHERE repository = ? AND token = ?", c.Repository, c.Token))
		}
		return found(t.exec(ctx, "UPDATE claims SET expires = 0, finished = ? WHERE repository = ? AND token = ?", now.UnixMicro(), c.Repository, c.Token))
	})
}

// found is ErrClaimLost where a statement found no row.
func found(n int64, err error) error {
	if err == nil && n == 0 {
		return ErrClaimLost
	}
	return err
}

// holds checks a claim, and keeps it from being taken over until the end of the
// transaction.
func (t *tx) holds(ctx context.Context, c Claim, repository int64) error {
	if c == (Claim{}) {
		return nil
	}
	var one int
	err := t.row(ctx, "SELECT 1 FROM claims WHERE repository = ? AND token = ? AND expires <> 0"+t.store.engine.forShare, repository, c.Token).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrClaimLost
	}
	return err
}
